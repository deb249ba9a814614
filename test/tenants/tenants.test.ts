import { Webhook } from 'standardwebhooks';
import { routes } from '../../services/api/src/routes';
import { KEYED, type MadeKey, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { Receiver, type Received } from '../harness/servers/receiver';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(60_000);
let pair: Pair;
let ann: MadeKey;
let bob: MadeKey;
let job: string;
beforeAll(async () => {
  pair = await Pair.start({ settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8' } });
  [ann, bob] = [await makeKey(pair, 'ann'), await makeKey(pair, 'bob')];
  job = (await pair.finished({ text: ENGLISH }, bearer(ann))).id;
});
afterAll(() => pair.close());

const NEVER_WAS = '01993f5e-7c1a-7b7e-9d54-0d8a6a3c2f11';
const BODIES: Readonly<Record<string, unknown>> = {
  '/v1/jobs/{id}/cards/{card_id}': { review: 'accepted' },
};
const withId = routes({ maxTextChars: 10_000, maxCards: 50, models: ['standin/extractive'] }).filter(({ path }) =>
  path.includes('{id}'),
);

/** An answer, but for the id of its request. */
const answerOf = async (method: string, path: string, id: string, key: MadeKey) => {
  const url = path.replace('{id}', id).replace(/\{\w+\}/g, 'c_7f00000000000');
  const answer = await pair.call(method.toUpperCase(), url, BODIES[path], { ...bearer(key), 'X-Request-Id': 'same' });
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'date'));
  return { status: answer.status, text: answer.text.replaceAll(id, 'ID'), headers };
};

test('the table has routes with an id', () => {
  expect(withId.length).toBeGreaterThanOrEqual(8);
});

test.each(withId.map(({ method, path }) => [method, path] as const))(
  "%s %s of another tenant's job is a 404 that cannot be told from that of a job that never was",
  async (method, path) => {
    const other = await answerOf(method, path, job, bob);
    expect(other.status).toBe(404);
    expect(other).toEqual(await answerOf(method, path, NEVER_WAS, bob));
    // And it is as it was.
    expect((await pair.call('GET', `/v1/jobs/${job}`, undefined, bearer(ann))).body).toMatchObject({
      status: 'completed',
    });
  },
);

test.each(routes({ maxTextChars: 1, maxCards: 1, models: [] }).map(({ method, path, scope }) => [method, path, scope]))(
  '%s %s needs a key unless it is public (%s)',
  async (method, path, scope) => {
    const url = path.replace('{id}', job).replace(/\{\w+\}/g, 'c_7f00000000000');
    const { status } = await pair.call((method as string).toUpperCase(), url);
    expect(status === 401).toBe(scope !== 'public');
  },
);

test('a list shows what is its own alone', async () => {
  const ids = async (key: MadeKey) =>
    ((await pair.call('GET', '/v1/jobs', undefined, bearer(key))).body as { jobs: { id: string }[] }).jobs.map(
      ({ id }) => id,
    );
  expect(await ids(bob)).not.toContain(job);
  expect(await ids(ann)).toContain(job);
});

test('an idempotency key and a cached result of one tenant are nothing to another', async () => {
  const headers = { 'Idempotency-Key': 'shared' };
  const body = { text: `${ENGLISH} Shared.` };
  const mine = await pair.finished(body, { ...bearer(ann), ...headers });
  const before = (await pair.ledger()).totals.calls;
  const other = await pair.finished(body, { ...bearer(bob), ...headers });
  expect(other.id).not.toBe(mine.id);
  expect(other.cache).toBe('miss');
  expect((await pair.ledger()).totals.calls).toBeGreaterThan(before);
});

test('a webhook is signed with the secret of its tenant, and while that is rotated with both', async () => {
  const receiver = await Receiver.start();
  const rotated = (await keysCommand(pair, ['secret', '--tenant', 'bob'])) as { webhook_secret: string };
  await pair.submit({ text: `${ENGLISH} Signed.`, webhook: { url: receiver.url('/bob') } }, bearer(bob));
  await pair.submit({ text: `${ENGLISH} Signed.`, webhook: { url: receiver.url('/ann') } }, bearer(ann));
  await eventually(() => expect(receiver.received).toHaveLength(2));
  const verifies = (path: string, secret: string | null) => {
    const { body, headers } = receiver.at(path)[0] as Received;
    return () => new Webhook(secret as string).verify(body, headers);
  };
  for (const secret of [bob.webhook_secret, rotated.webhook_secret]) expect(verifies('/bob', secret)).not.toThrow();
  expect(verifies('/ann', ann.webhook_secret)).not.toThrow();
  expect(verifies('/ann', bob.webhook_secret)).toThrow();
  await receiver.close();
});

test("a webhook is its tenant's: it is delivered also when the key that submitted its job was revoked meanwhile", async () => {
  const receiver = await Receiver.start();
  const key = await makeKey(pair, 'bob');
  for (const worker of pair.workers) worker.signal('SIGSTOP');
  await pair.submit({ text: `${ENGLISH} Owed.`, webhook: { url: receiver.url('/owed') } }, bearer(key));
  await keysCommand(pair, ['revoke', key.id]);
  for (const worker of pair.workers) worker.signal('SIGCONT');
  await eventually(() => expect(receiver.at('/owed')).toHaveLength(1), 40_000);
  await receiver.close();
});
