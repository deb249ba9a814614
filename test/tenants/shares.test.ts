import type { Job } from '@flashcards/shared/contract/job';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { eventually } from '../harness/eventually';
import { Follower } from '../harness/stack/follow';
import { Pair } from '../harness/stack/pair';
import { unanswered } from '../harness/stack/unanswered';
import { ENGLISH } from '../harness/texts';

const numbered = (what: string): string => `${ENGLISH} This is the note about ${what}.`;

jest.setTimeout(60_000);
let pair: Pair;
let ann: MadeKey;
let bob: MadeKey;
beforeAll(async () => {
  const shares = {
    MAX_STREAMS_PER_TENANT: 2,
    MAX_WAITS_PER_TENANT: 2,
    MAX_LISTS_PER_TENANT: 1,
    MAX_FILES_PER_TENANT: 1,
  };
  pair = await Pair.start({ settings: { ...KEYED, ...shares, RATE_LIMIT_PER_MINUTE: 0 } });
  [ann, bob] = [await makeKey(pair, 'ann'), await makeKey(pair, 'bob')];
});
afterAll(() => pair.close());

const read = (key: MadeKey, path: string) => pair.call('GET', path, undefined, bearer(key));
/** A job whose model does not answer while the test runs. */
const running = (key: MadeKey, name: string) => unanswered(pair, key, numbered(name));

test('a tenant that holds all of its streams is refused another, and its neighbour is not', async () => {
  const [mine, other] = [await running(ann, 'streams'), await running(bob, 'streams')];
  const stream = (key: MadeKey, id: string) => Follower.start(`${pair.url}/v1/jobs/${id}/events`, bearer(key));
  const held = [await stream(ann, mine), await stream(ann, mine)];
  const refused = await read(ann, `/v1/jobs/${mine}/events`);
  expect(refused).toMatchObject({ status: 429, body: { code: 'quota_exceeded', policy: 'streams' } });
  expect(refused.headers.get('ratelimit-policy')).toContain('"streams";q=2');
  const neighbour = await stream(bob, other);
  expect(neighbour.status).toBe(200);
  held[0]?.hangUp();
  await eventually(async () => {
    const again = await stream(ann, mine);
    again.hangUp();
    expect(again.status).toBe(200);
  });
  for (const one of [...held, neighbour]) one.hangUp();
});

test('a tenant that holds all of its waits may still read and submit, and its neighbour waits', async () => {
  const [mine, other] = [await running(ann, 'waits'), await running(bob, 'waits')];
  const leave = new AbortController();
  /** Waits again whenever it is refused: the reads below may come first. */
  const hold = async (key: MadeKey, id: string): Promise<void> => {
    const url = `${pair.url}/v1/jobs/${id}?wait=60`;
    while (!leave.signal.aborted)
      await fetch(url, { headers: bearer(key), signal: leave.signal }).then(
        (answer) => answer.text(),
        () => undefined,
      );
  };
  const held = [hold(ann, mine), hold(ann, mine)];
  await eventually(async () =>
    expect(await read(ann, `/v1/jobs/${mine}?wait=1`)).toMatchObject({ status: 429, body: { policy: 'waits' } }),
  );
  expect((await read(ann, `/v1/jobs/${mine}`)).status).toBe(200);
  expect((await read(bob, `/v1/jobs/${other}?wait=1`)).status).toBe(200);
  const submit = await pair.call('POST', '/v1/jobs', { text: numbered('no wait') }, bearer(ann));
  expect(submit.status).toBe(202);
  const refused = await pair.call('POST', '/v1/jobs', { text: numbered('no') }, { ...bearer(ann), Prefer: 'wait=5' });
  expect(refused).toMatchObject({ status: 429, body: { code: 'quota_exceeded', policy: 'waits' } });
  leave.abort();
  await Promise.all(held);
});

test.each([
  ['lists', () => '/v1/jobs?limit=100'],
  ['files', (id: string) => `/v1/jobs/${id}/cards?format=apkg`],
])(
  'a tenant that asks for many %s at once gets some and is refused the others, and its neighbour gets all',
  async (policy, path) => {
    const [mine, other] = [
      await pair.finished({ text: ENGLISH }, bearer(ann)),
      await pair.finished({ text: ENGLISH }, bearer(bob)),
    ];
    const download = (key: MadeKey, id: string) => fetch(`${pair.url}${path(id)}`, { headers: bearer(key) });
    const many = Array.from({ length: 30 }, () => download(ann, mine.id));
    const neighbour = await download(bob, other.id);
    const answers = await Promise.all(many);
    expect(neighbour.status).toBe(200);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
    for (const answer of answers.filter(({ status }) => status === 429))
      expect(await answer.json()).toMatchObject({ code: 'quota_exceeded', policy });
  },
);

test('refusals are counted by their policy', async () => {
  const metrics = await (await fetch(`${pair.apis[0]?.opsUrl}/metrics`)).text();
  for (const policy of ['streams', 'waits', 'lists', 'files'])
    expect(metrics).toMatch(new RegExp(`flashcards_shares_refused_total\\{policy="${policy}"[^}]*\\} [1-9]`));
});

test('edits count: past the limits of a tenant they are refused, and its neighbour edits', async () => {
  const api = await pair.addApi({ ...KEYED, EDITS_PER_MINUTE: 2, MAX_STORED_BYTES: 40_000 });
  const edit = async (key: MadeKey, job: Job, back: string) => {
    const path = `/v1/jobs/${job.id}/cards/${job.result?.deck.cards[0]?.id}`;
    return pair.call('PATCH', path, { back }, bearer(key), api.url);
  };
  const [mine, other] = [
    await pair.finished({ text: ENGLISH }, bearer(ann)),
    await pair.finished({ text: ENGLISH }, bearer(bob)),
  ];
  expect([(await edit(ann, mine, 'One.')).status, (await edit(ann, mine, 'Two.')).status]).toEqual([200, 200]);
  expect(await edit(ann, mine, 'Three.')).toMatchObject({
    status: 429,
    body: { code: 'rate_limited', policy: 'edits' },
  });
  expect((await edit(bob, other, 'One.')).status).toBe(200);
});

test('a tenant that has stored all that it may is refused submits, and its neighbour is not', async () => {
  const api = await pair.addApi({ ...KEYED, MAX_STORED_BYTES: 40_000 });
  const submit = (key: MadeKey, i: number) =>
    pair.call('POST', '/v1/jobs', { text: numbered(`storing ${i} `).padEnd(9_000, 'x ') }, bearer(key), api.url);
  const answers = [];
  for (let i = 0; i < 8; i += 1) answers.push(await submit(ann, i));
  expect(answers.at(-1)).toMatchObject({ status: 429, body: { code: 'quota_exceeded', policy: 'stored-bytes' } });
  expect((await submit(bob, 0)).status).toBe(202);
});
