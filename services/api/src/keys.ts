import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import { AppError } from '@flashcards/shared/contract/errors';
import { limitsSchema } from '@flashcards/shared/contract/limits';
import { createAudit } from '@flashcards/shared/runtime/audit';
import { run } from '@flashcards/shared/runtime/lifecycle';
import { connectRedis } from '@flashcards/shared/runtime/redis';
import { sealingKey } from '@flashcards/shared/security/sealed';
import { createAccessStore } from '@flashcards/shared/store/keys/key-store';
import { createSecretMaker } from '@flashcards/shared/store/keys/webhook-secrets';
import { readKeysConfig } from './config';
import { newKeyOf, newKeySchema, rotateSchema, tenantSchema } from './handlers/admin/keys';
import { type Actor, type KeyRing, createKeyRing } from './keys/key-ring';
import { validate } from './http/validate';

const USAGE = `keys create --tenant NAME [--name TEXT] [--scopes jobs:read,jobs:write,data:erase,admin] [--expires-days N]
keys list [--tenant NAME]
keys rotate KEY_ID [--overlap-hours 24]     a new key beside the old one, which then ends; both keep its expiry
keys revoke KEY_ID                          at once
keys secret --tenant NAME                   a new webhook secret; the one before it signs too for 24 h
keys limits --tenant NAME [--submits-per-minute N] [--open-jobs N] [--tokens-per-day N] [--usd-per-day N]

Answers are JSON. Keys and secrets are told once and kept nowhere.`;

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
};
type Flags = Partial<Record<keyof typeof OPTIONS, string>>;
type Command = (ring: KeyRing, flags: Flags, id: string, by: Actor) => Promise<unknown>;

const given = (fields: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
const checked = <T>(schema: Parameters<typeof validate>[0], fields: Readonly<Record<string, unknown>>): T =>
  validate<T>(schema, given(fields), '', true);
const tenantOf = ({ tenant }: Flags): string => validate(tenantSchema.required(), tenant, '/tenant');

const COMMANDS: Readonly<Record<string, Command>> = {
  create: (ring, flags, _id, by) => {
    const { tenant, name, scopes } = flags;
    const fields = { tenant, name, scopes: scopes?.split(','), expires_days: flags['expires-days'] };
    return ring.create(newKeyOf(checked(newKeySchema, fields)), by);
  },
  list: (ring, { tenant }, _id, by) => ring.list(tenant, by),
  rotate: (ring, flags, id, by) => {
    const { overlap_hours } = checked<{ overlap_hours: number }>(rotateSchema, { overlap_hours: flags['overlap-hours'] }); // prettier-ignore
    return ring.rotate(id, overlap_hours, by);
  },
  revoke: async (ring, _flags, id, by) => {
    await ring.revoke(id, by);
    return { revoked: id };
  },
  secret: (ring, flags, _id, by) => ring.rotateSecret(tenantOf(flags), by),
  limits: (ring, flags, _id, by) => {
    const limits = checked<object>(limitsSchema, {
      submits_per_minute: flags['submits-per-minute'],
      open_jobs: flags['open-jobs'],
      tokens_per_day: flags['tokens-per-day'],
      usd_per_day: flags['usd-per-day'],
    });
    return ring.setLimits(tenantOf(flags), limits, by);
  },
};

/** Manages keys from a shell: `npm run keys -- create --tenant acme`, or `node keys.js …` in the image. */
run(async () => {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  const [name = '', id = ''] = positionals;
  const command = COMMANDS[name];
  if (!command) throw new Error(USAGE);
  const config = readKeysConfig();
  const quiet = { debug: ignore, info: ignore, warn: ignore, error: (event: string, fields = {}) => console.error(JSON.stringify({ event, ...fields })), flush: ignore }; // prettier-ignore
  const redis = connectRedis(config.REDIS_URL, 'worker', quiet);
  const store = createAccessStore(redis, config.REDIS_PREFIX);
  const ring = createKeyRing({
    store,
    secrets: createSecretMaker(store, sealingKey(config.SECRETS_KEY)),
    pepper: config.KEY_PEPPER,
    audit: createAudit(config.AUDIT_FILE, quiet),
  });
  const by = { actor: 'command', from: userInfo().username };
  const said = (error: unknown): never => {
    throw error instanceof AppError ? new Error(saidBy(error)) : error;
  };
  const answer = await Promise.resolve()
    .then(() => command(ring, values, id, by))
    .catch(said);
  console.log(JSON.stringify(answer, null, 2));
  redis.disconnect();
});

const saidBy = ({ message, details }: AppError): string =>
  [message, ...(details.errors ?? []).map(({ pointer, detail }) => `${pointer} ${detail}`)].join(' ');

function ignore(): void {
  // The answer is all that this command says.
}
