import { Follower } from '../../harness/stack/follow';
import { rewriteAll } from '../../harness/stack/edits';
import { type MadeKey, bearer } from '../../harness/stack/keys';
import type { Service } from '../../harness/stack/pair';
import { unanswered } from '../../harness/stack/unanswered';
import { ENGLISH } from '../../harness/texts';
import { type Attack, attack, unless } from '../attack';
import type { Stage } from '../stage';

const refusedAs = (policy: string) => (code: string) => code === `429 ${policy}`;
const countOf = (codes: readonly string[], is: (code: string) => boolean): number => codes.filter(is).length;

/** What an attacker got, as statuses with the policy that refused, and what its neighbour got. */
interface Shared {
  readonly attacker: readonly string[];
  readonly neighbour: readonly number[];
}

const brokenShare = (policy: string, allowed: number) => ({ attacker, neighbour }: Shared): string[] => [
  ...unless(countOf(attacker, refusedAs(policy)) >= attacker.length - allowed, `the attacker got ${attacker.join(', ')}`),
  ...unless(neighbour.every((status) => status < 400), `the neighbour got ${neighbour.join(', ')}`),
]; // prettier-ignore

const deck = (what: string): object => ({ text: `${ENGLISH} This is a note about ${what}.`, options: { cards: 5, types: ['basic'] } }); // prettier-ignore

const policyIn = (body: string): string => (JSON.parse(body) as { policy?: string }).policy ?? '';

/** A status, and the policy that refused. */
async function get(url: string, path: string, key: MadeKey): Promise<string> {
  const answer = await fetch(url + path, { headers: bearer(key) });
  const body = await answer.text();
  return answer.ok ? String(answer.status) : `${answer.status} ${policyIn(body)}`;
}

/** Decks with the longest cards that there may be. A neighbour submits afterwards. */
async function edit(stage: Stage, { url }: Service): Promise<Shared> {
  const pair = await stage.pair();
  const [mallory, neighbour] = [await stage.tenant('edits'), await stage.tenant('neighbour')];
  const attacker: string[] = [];
  for (let i = 0; i < EDITED; i += 1) {
    const job = await pair.finished(deck(`edits ${i} of ${mallory.tenant}`), bearer(mallory));
    for (const { status, body } of await rewriteAll(pair, mallory, job, i, url))
      attacker.push(status < 400 ? String(status) : `${status} ${(body as { policy?: string }).policy ?? ''}`);
  }
  const submit = await pair.call('POST', '/v1/jobs', deck('a neighbour'), bearer(neighbour), url);
  return { attacker, neighbour: [submit.status] };
}
/** Of 80 kB each. */
const EDITED = 10;

/** Streams of one tenant, as many as the replica has, and then one of a neighbour's. */
async function stream(stage: Stage, { url }: Service): Promise<Shared> {
  const pair = await stage.pair();
  const [mallory, neighbour] = [await stage.tenant('streams'), await stage.tenant('neighbour')];
  const mine = await unanswered(pair, mallory, `${ENGLISH} This is a note about streams of ${mallory.tenant}.`);
  const other = await unanswered(pair, neighbour, `${ENGLISH} This is a note about ${neighbour.tenant}.`);
  const follow = (key: MadeKey, id: string) => Follower.start(`${url}/v1/jobs/${id}/events`, bearer(key));
  const held: Follower[] = [];
  for (let i = 0; i < MAX_STREAMS; i += 1) held.push(await follow(mallory, mine));
  const last = await get(url, `/v1/jobs/${mine}/events`, mallory);
  const theirs = await follow(neighbour, other);
  for (const one of [...held, theirs]) one.hangUp();
  const codes = held.map(({ status }) => (status === 200 ? '200' : last));
  return { attacker: codes, neighbour: [theirs.status] };
}
const MAX_STREAMS = 6;
const STREAMS = 2;

/** Packages of one tenant, all at once, while a neighbour reads one. */
async function download(stage: Stage, { url }: Service): Promise<Shared> {
  const pair = await stage.pair();
  const [mallory, neighbour] = [await stage.tenant('packages'), await stage.tenant('neighbour')];
  const path = async (key: MadeKey): Promise<string> =>
    `/v1/jobs/${(await pair.finished(deck(key.tenant), bearer(key))).id}/cards?format=apkg`;
  const [mine, theirs] = [await path(mallory), await path(neighbour)];
  const attacks = Array.from({ length: DOWNLOADS }, () => get(url, mine, mallory));
  const got = await get(url, theirs, neighbour);
  return { attacker: await Promise.all(attacks), neighbour: [Number.parseInt(got, 10)] };
}
const DOWNLOADS = 40;
const FILES = 4;

/** Bytes that Redis sent for lists, bytes of the decks that they list, and what a neighbour got meanwhile. */
interface Listed {
  readonly sent: number;
  readonly decks: number;
  readonly neighbour: readonly number[];
}

const JOBS = 6;
async function list(stage: Stage, read: (ids: readonly string[]) => readonly string[]): Promise<Listed> {
  const pair = await stage.pair();
  const [mallory, neighbour] = [await stage.tenant('lists'), await stage.tenant('neighbour')];
  const ids: string[] = [];
  let decks = 0;
  for (let i = 0; i < JOBS; i += 1) {
    const job = await pair.finished(deck(`lists ${i} of ${mallory.tenant}`), bearer(mallory));
    ids.push(job.id);
    for (const { text } of await rewriteAll(pair, mallory, job, i)) decks += Buffer.byteLength(text);
  }
  const sentBytes = async (): Promise<number> =>
    Number(/total_net_output_bytes:(\d+)/.exec(String(await pair.redis.command('INFO', 'stats')))?.[1]);
  const before = await sentBytes();
  const attacks = read(ids).map((path) => get(pair.url, path, mallory));
  const usage = await Promise.all(Array.from({ length: 9 }, () => get(pair.url, '/v1/usage', neighbour)));
  await Promise.all(attacks);
  return { sent: (await sentBytes()) - before, decks, neighbour: usage.map((code) => Number.parseInt(code, 10)) };
}

export const SHARES: readonly Attack[] = [
  attack({
    row: 8,
    name: 'edits that fill Redis',
    kind: 'quotas count submits, not what is stored',
    sent: 'PATCH of every card of many decks to its longest form',
    holds: 'edits count as stored bytes: past its share a tenant is refused them, and its neighbour submits',
    quick: true,
    play: async (stage) => edit(stage, await stage.api({ MAX_STORED_BYTES: 400_000 })),
    broken: brokenShare('stored-bytes', 30),
    control: {
      what: 'a service without that limit',
      play: async (stage) => edit(stage, await stage.api({ MAX_STORED_BYTES: 0 })),
    },
  }),
  attack({
    row: 9,
    name: 'lists of edited decks',
    kind: 'quotas count submits, not what is read',
    sent: 'six lists at once of jobs whose decks are edited to their longest form',
    holds: 'a list of jobs reads none of their decks, and a neighbour reads beside it',
    quick: true,
    play: (stage) => list(stage, () => Array<string>(6).fill('/v1/jobs?limit=100')),
    broken: ({ sent, decks, neighbour }) => [
      ...unless(sent < decks / 4, `Redis sent ${sent} bytes for lists of jobs with ${decks} bytes of decks`),
      ...unless(neighbour.every((status) => status === 200), `the neighbour got ${neighbour.join(', ')}`),
    ],
    control: {
      what: 'reads of the jobs themselves, with their decks',
      play: (stage) => list(stage, (ids) => ids.map((id) => `/v1/jobs/${id}`)),
    },
  }),
  attack({
    row: 10,
    name: 'forty open downloads of packages',
    kind: 'a shared pool without shares',
    sent: 'forty downloads as .apkg at once',
    holds: 'a tenant that asks for many packages gets its share of them, and its neighbour gets its own',
    quick: true,
    play: async (stage) => download(stage, await stage.api({ MAX_FILES_PER_TENANT: FILES })),
    // Some end while the others come in, and make room for as many.
    broken: brokenShare('files', DOWNLOADS - 1),
    control: {
      what: 'a service without shares of files',
      play: async (stage) => download(stage, await stage.api({ MAX_FILES_PER_TENANT: 0 })),
    },
  }),
  attack({
    row: 11,
    name: 'as many streams as the replica has',
    kind: 'a shared pool without shares',
    sent: 'MAX_STREAMS streams of one tenant',
    holds: 'a tenant holds its share of the streams of a replica, and its neighbour gets a stream',
    quick: true,
    play: async (stage) => stream(stage, await stage.api({ MAX_STREAMS, MAX_STREAMS_PER_TENANT: STREAMS })),
    broken: brokenShare('streams', STREAMS),
    control: {
      what: 'a service without shares of streams',
      play: async (stage) => stream(stage, await stage.api({ MAX_STREAMS, MAX_STREAMS_PER_TENANT: 0 })),
    },
  }),
]; // prettier-ignore
