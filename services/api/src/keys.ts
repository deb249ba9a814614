import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { AppError } from '@flashcards/shared/contract/errors';
import { limitsSchema } from '@flashcards/shared/contract/limits';
import type { Validates } from '@flashcards/shared/contract/schema';
import { createAudit } from '@flashcards/shared/runtime/audit';
import { run } from '@flashcards/shared/runtime/lifecycle';
import { connectRedis } from '@flashcards/shared/runtime/redis';
import { createRecordSigner } from '@flashcards/shared/security/record-signature';
import { sealingKey } from '@flashcards/shared/security/sealed';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretMaker } from '@flashcards/shared/store/keys/webhook-secrets';
import { readKeysConfig } from './config';
import { newKeySchema, oneTenant, rotateSchema, tenantQuery } from './keys/key-requests';
import { type Actor, KeyRing } from './keys/key-ring';
import { createTrust } from './keys/trust';
import { validate } from './http/validate';

const USAGE = `keys create --tenant NAME [--name TEXT] [--scopes jobs:read,jobs:write,data:erase,admin] [--expires-days N]
keys list [--tenant NAME]
keys rotate KEY_ID [--overlap-hours 24] [--expires-days N]
                                            a new key beside the old one, which then ends; the new one ends after N
                                            days, or when the old one would have
keys revoke KEY_ID                          at once
keys secret --tenant NAME                   a new webhook secret; the one before it signs too for 24 h
keys sign [--apply]                         what has no signature in Redis, because an earlier version wrote it; --apply
                                            signs it, and from then on nothing unsigned is accepted
keys limits --tenant NAME [--submits-per-minute N] [--open-jobs N] [--tokens-per-day N] [--usd-per-day N]
            [--edits-per-minute N] [--stored-bytes N]

Answers are JSON. Keys and secrets are shown once and stored nowhere.`;

const text = { type: 'string' } as const;
const OPTIONS = {
  tenant: text,
  name: text,
  scopes: text,
  'expires-days': text,
  'overlap-hours': text,
  'submits-per-minute': text,
  'open-jobs': text,
  'tokens-per-day': text,
  'usd-per-day': text,
  'edits-per-minute': text,
  'stored-bytes': text,
  apply: { type: 'boolean' },
} as const;
type Flags = Partial<Record<Exclude<keyof typeof OPTIONS, 'apply'>, string>> & { readonly apply?: boolean };
type Command = (keyRing: KeyRing, flags: Flags, id: string, by: Actor) => Promise<unknown>;

/** Flags are texts: the schema makes them what they say. */
const checked = <T>(schema: Validates<T>, flags: object): T => {
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  return validate(schema, Object.fromEntries(given), '', true);
};
const tenantOf = ({ tenant }: Flags): string => checked(oneTenant, { tenant }).tenant;

const COMMANDS: Readonly<Record<string, Command>> = {
  create: (keyRing, flags, _id, by) => {
    const { tenant, name, scopes } = flags;
    const fields = { tenant, name, scopes: scopes?.split(','), expires_days: flags['expires-days'] };
    return keyRing.create(checked(newKeySchema, fields), by);
  },
  list: (keyRing, { tenant }, _id, by) => keyRing.list(checked(tenantQuery, { tenant }).tenant, by),
  rotate: (keyRing, flags, id, by) => {
    const fields = { overlap_hours: flags['overlap-hours'], expires_days: flags['expires-days'] };
    return keyRing.rotate(id, checked(rotateSchema, fields), by);
  },
  revoke: async (keyRing, _flags, id, by) => {
    await keyRing.revoke(id, by);
    return { revoked: id };
  },
  sign: (keyRing, { apply = false }, _id, by) => keyRing.sign(apply, by),
  secret: (keyRing, flags, _id, by) => keyRing.rotateSecret(tenantOf(flags), by),
  limits: (keyRing, flags, _id, by) => {
    const limits = checked(limitsSchema, {
      submits_per_minute: flags['submits-per-minute'],
      open_jobs: flags['open-jobs'],
      tokens_per_day: flags['tokens-per-day'],
      usd_per_day: flags['usd-per-day'],
      edits_per_minute: flags['edits-per-minute'],
      stored_bytes: flags['stored-bytes'],
    });
    return keyRing.setLimits(tenantOf(flags), limits, by);
  },
};

/** Manages keys from a shell: `npm run keys -- create --tenant acme`, or `node keys.js …` in the image. */
run(async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name = '', id = ''] = positionals;
  const command = COMMANDS[name];
  if (!command) throw new Error(USAGE);
  const config = readKeysConfig();
  const quiet = {
    debug: ignore,
    info: ignore,
    warn: ignore,
    error: (event: string, fields = {}) => console.error(JSON.stringify({ event, ...fields })),
    flush: ignore,
  };
  const redis = connectRedis(config.REDIS_URL, 'worker', quiet);
  const store = createAccessStore(redis, config.REDIS_PREFIX);
  const signer = createRecordSigner(config.KEY_PEPPER);
  const keyRing = new KeyRing({
    store,
    secrets: createSecretMaker(store, sealingKey(config.SECRETS_KEY)),
    pepper: config.KEY_PEPPER,
    signer,
    trust: createTrust({ signer, required: config.REQUIRE_SIGNED_KEYS, onUnsigned: ignore }),
    audit: createAudit(config.AUDIT_FILE, quiet),
  });
  const by = { actor: 'command', from: userInfo().username };
  const rethrow = (error: unknown): never => {
    throw error instanceof AppError ? new Error(messageOf(error)) : error;
  };
  const answer = await Promise.resolve()
    .then(() => command(keyRing, values, id, by))
    .catch(rethrow);
  console.log(JSON.stringify(answer, null, 2));
  redis.disconnect();
});

const messageOf = ({ message, details }: AppError): string =>
  [message, ...(details.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`)].join(' ');

function ignore(): void {
  // The answer is all that this command says.
}
