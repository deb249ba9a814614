import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { shippedUsers } from '../../../../test/harness/redis/redis-users';
import { KEYS, createKeys, declareKeys } from './keys';

const NAMES = [
  'account:{tenant}', 'attempts:{id}', 'backlog', 'bell', 'cache:{hash}', 'cancel', 'counts', 'deliveries:events',
  'deliveries:{id}_{event}_{attempt}', 'delivery:{id}', 'due', 'erased-result:{hash}', 'erasing:{tenant}',
  'erasure-epoch:{tenant}', 'erasure-held:{tenant}', 'erasure-owes:{id}', 'erasure-receipts:{tenant}', 'erasure:{id}',
  'erasures', 'erasures-owed', 'events:{id}', 'fed', 'flight', 'followers:{id}', 'generate:events',
  'generate:limiter', 'generate:wait', 'generate:{id}', 'hook:{hash}', 'job:{id}', 'jobs:{tenant}', 'key-changes',
  'key-uses', 'key:{id}', 'keys-signed', 'keys:{tenant}', 'leaders', 'limit:{subject}', 'near:{policy}:{day}',
  'outbox', 'outbox:/full', 'outbox:/posting/{tenant}', 'outbox:/receivers/{tenant}', 'outbox:/slots',
  'outbox:/tenants', 'outbox:/turns', 'outbox:{receiver}', 'post', 'posting', 'posts', 'probe:openrouter', 'rested', 'rewrite-held',
  'rewrite-owed', 'slow', 'sweeping', 'swept:{tenant}', 'tenant:{tenant}', 'tenants', 'tenants:{day}', 'text:{id}',
  'tomb:{id}', 'turns', 'usage:{tenant}:stored', 'usage:{tenant}:{day}', 'used:{day}', 'waiting:{tenant}',
  'workers', 'writable',
]; // prettier-ignore

test('the names in Redis are those that other versions use', () => {
  expect(
    Object.values(KEYS)
      .map(({ key }) => key)
      .sort(),
  ).toEqual(NAMES);
});

/** What only the API and operators write. A worker reads the webhook secrets of a tenant, and nothing else of these. */
const NOT_FOR_WORKERS = [
  'erased-result:{hash}', 'erasing:{tenant}', 'erasure-epoch:{tenant}', 'erasure-held:{tenant}', 'erasure-owes:{id}',
  'erasure-receipts:{tenant}', 'erasure:{id}', 'erasures', 'erasures-owed', 'jobs:{tenant}', 'key-changes',
  'key-uses', 'key:{id}', 'keys-signed', 'keys:{tenant}', 'limit:{subject}', 'rewrite-held', 'rewrite-owed',
  'tenant:{tenant}', 'tenants', 'writable',
]; // prettier-ignore

test('a deployment lets workers write all keys and channels but these, and none that is not there', () => {
  const rights = /^user worker .*$/m.exec(shippedUsers('queue'))?.[0].split(' ') ?? [];
  const patterns = rights.flatMap((right) => /^[~&]\{flashcards\}:(.+)$/.exec(right)?.[1] ?? []);
  const fits = (pattern: string, key: string): boolean =>
    pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern;
  const names = Object.values(KEYS).map(({ key }) => key);
  expect(names.filter((key) => !patterns.some((pattern) => fits(pattern, key))).sort()).toEqual(NOT_FOR_WORKERS);
  expect(patterns.filter((pattern) => !names.some((key) => fits(pattern, key)))).toEqual([]);
});

test('a key is made of its parts', () => {
  const key = createKeys('{flashcards}');
  expect([key('fed'), key('job', 'a-1'), key('usage', 'ann', 20_000)]).toEqual([
    '{flashcards}:fed',
    '{flashcards}:job:a-1',
    '{flashcards}:usage:ann:20000',
  ]);
});

test('a script gets the names that it uses, and no others', () => {
  const script = "redis.call('ZREM', fed_key, usage_key(tenant, day)) redis.call('PUBLISH', jobs_channel, id)";
  expect(declareKeys(script).trim().split('\n')).toEqual([
    'local prefix = KEYS[1]',
    "local fed_key = prefix .. ':fed'",
    "local function usage_key(tenant, day) return prefix .. ':usage:' .. tenant .. ':' .. day end",
    "local jobs_channel = prefix .. ':bell'",
  ]);
});

test('no other file makes a key by hand', () => {
  const root = join(__dirname, '../../../..');
  const sources = ['packages', 'services'].flatMap((folder) =>
    readdirSync(join(root, folder)).flatMap((name) => sourcesIn(join(root, folder, name, 'src'))),
  );
  const makers = sources.filter((file) => /\$\{[\w.#]*prefix\}:/i.test(readFileSync(file, 'utf8')));
  expect(makers.map((file) => relative(__dirname, file))).toEqual(['keys.ts']);
});

const sourcesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts'))
        .map((file) => join(folder, file))
    : [];
