import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { createAudit } from '@flashcards/shared/runtime/audit';
import { eventually } from '../../harness/eventually';
import { type MadeKey, bearer, keysCommand, makeKey } from '../../harness/stack/keys';
import { unanswered } from '../../harness/stack/unanswered';
import { ENGLISH } from '../../harness/texts';
import { type Attack, attack, unless } from '../attack';
import type { Stage } from '../stage';

const execute = promisify(execFile);
const DAY_MS = 86_400_000;

/** Whether a write was taken, and what the operations port answers to the key it was about. */
interface Forged {
  readonly write: 'taken' | 'refused';
  readonly asAdmin: number;
}

async function adminStatus(stage: Stage, key: MadeKey): Promise<number> {
  const pair = await stage.pair();
  return (await pair.call('GET', '/admin/keys', undefined, bearer(key), pair.apis[0]?.opsUrl)).status;
}

/** Makes an ordinary key an admin's as a worker may, and then as somebody who may write all of Redis. */
async function forge(stage: Stage): Promise<Forged> {
  const pair = await stage.pair();
  const key = await stage.tenant('forger');
  const change = [`{flashcards}:key:${key.id}`, 'tenant', 'victim', 'scopes', 'jobs:read admin'] as const;
  const worker = new Redis(pair.redis.urlOf('worker'));
  const write = await worker.call('HSET', ...change).then(
    () => 'taken' as const,
    () => 'refused' as const,
  );
  worker.disconnect();
  await pair.redis.command('ACL', 'LOG', 'RESET'); // it was refused on purpose
  await pair.redis.command('HSET', ...change);
  return { write, asAdmin: await adminStatus(stage, key) };
}

/** What an operator may: Redis takes it, and the key is an admin's. */
async function allow(stage: Stage): Promise<Forged> {
  return { write: 'taken', asAdmin: await adminStatus(stage, await stage.tenant('operators', '--scopes', 'admin')) };
}

/** Days until the key ends that came of a rotation. */
async function rotate(stage: Stage, ...args: string[]): Promise<number> {
  const pair = await stage.pair();
  const { id } = await stage.tenant('rotates');
  const { expires_at } = (await keysCommand(pair, ['rotate', id, ...args])) as MadeKey;
  return expires_at === null ? Infinity : (Date.parse(expires_at) - Date.now()) / DAY_MS;
}

/** What a long poll is answered whose job ends after its key was revoked, or was not. */
async function poll(stage: Stage, isRevoked: boolean): Promise<number> {
  const pair = await stage.pair();
  const own = await stage.tenant('polls');
  const other = await makeKey(pair, own.tenant);
  const id = await unanswered(pair, own, `${ENGLISH} This is a note about ${own.tenant}.`);
  const answer = pair.call('GET', `/v1/jobs/${id}?wait=30`, undefined, bearer(own));
  if (isRevoked) {
    await keysCommand(pair, ['revoke', own.id]);
    await eventually(async () =>
      expect((await pair.call('GET', '/v1/usage', undefined, bearer(own))).status).toBe(401),
    );
  }
  await pair.call('POST', `/v1/jobs/${id}/cancel`, undefined, bearer(other));
  return (await answer).status;
}

/** What the verification says of a log that lost its end, of one that was made again, and of the log itself. */
interface Verified {
  readonly cut: Verdict;
  readonly remade: Verdict;
  readonly whole: Verdict;
}
type Verdict = 'passes' | 'fails';

const SCRIPT = join(__dirname, '../../../services/api/dist/audit-verify.js');
const SILENT = { info: () => undefined, error: () => undefined };

async function verifyAudits(isNoted: boolean): Promise<Verified> {
  const folder = mkdtempSync(join(tmpdir(), 'flashcards-audit-'));
  const file = (name: string): string => join(folder, `${name}.jsonl`);
  const write = async (name: string, records: readonly string[]): Promise<void> => {
    const audit = createAudit(file(name), SILENT);
    for (const target of records) await audit.record({ action: 'key.created', actor: 'command', outcome: 'done', target });
  };
  const verify = (name: string, ...args: string[]) => execute(process.execPath, [SCRIPT, file(name), ...args]);
  try {
    await write('whole', ['a', 'b', 'c', 'd']);
    await write('remade', ['a', 'b', 'd', 'e']);
    writeFileSync(file('cut'), readFileSync(file('whole'), 'utf8').replace(/.*\n$/, ''));
    const note = (await verify('whole')).stdout.trim().split('\n').at(-1) ?? '';
    const verdict = (name: string): Promise<Verdict> =>
      verify(name, ...(isNoted ? ['--note', note] : [])).then(
        () => 'passes',
        () => 'fails',
      );
    return { cut: await verdict('cut'), remade: await verdict('remade'), whole: await verdict('whole') };
  } finally {
    rmSync(folder, { recursive: true });
  }
} // prettier-ignore

export const KEYS: readonly Attack[] = [
  attack({
    row: 15,
    name: 'a worker that makes an admin',
    kind: 'over-wide privilege between services',
    sent: "HSET of tenant and scopes into the record of an ordinary key, as a worker and as a user of all of Redis",
    holds: 'whoever writes Redis makes no admin, and a worker may not even write the record of a key',
    quick: true,
    play: forge,
    broken: ({ write, asAdmin }) => [
      ...unless(write === 'refused', 'Redis took the write of a worker'),
      ...unless(asAdmin === 401, `the operations port answers the changed key with ${asAdmin}`),
    ],
    control: {
      what: 'a write that Redis takes, and a key to which an operator gave those scopes',
      play: allow,
    },
  }),
  attack({
    row: 19,
    name: 'a rotation that loses the expiry',
    kind: 'state lost on the way',
    sent: 'a rotation that asks for an expiry in a day',
    holds: 'a rotated key ends when the rotation says',
    quick: true,
    play: (stage) => rotate(stage, '--expires-days', '1'),
    broken: (days) => unless(days > 0 && days < 1.01, `the new key ends in ${days} days`),
    control: { what: 'a rotation that asks for none', play: (stage) => rotate(stage) },
  }),
  attack({
    row: 20,
    name: 'a long poll with a key that is revoked',
    kind: 'judged once, at the start',
    sent: 'a long poll whose key is revoked before the job ends',
    holds: 'a long poll whose key was revoked meanwhile is answered as any request with that key',
    quick: true,
    play: (stage) => poll(stage, true),
    broken: (status) => unless(status === 401, `the poll is answered ${status}`),
    control: { what: 'a poll whose key stays good', play: (stage) => poll(stage, false) },
  }),
  attack({
    row: 21,
    name: 'an audit log that lost its end',
    kind: 'a chain without an anchor',
    sent: 'an audit log without its last record, and one that was made again without one of its records',
    holds: 'neither passes the verification against what an operator noted, and the log itself does',
    quick: true,
    play: () => verifyAudits(true),
    broken: ({ cut, remade, whole }) => [
      ...unless(cut === 'fails', 'a log that lost its end passes'),
      ...unless(remade === 'fails', 'a log that was made again passes'),
      ...unless(whole === 'passes', 'the log itself fails'),
    ],
    control: { what: 'a verification without the note', play: () => verifyAudits(false) },
  }),
]; // prettier-ignore
