import { DELIVERIES_QUEUE, GENERATE_QUEUE } from '@flashcards/shared/queue/queues';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { eventually } from '../harness/eventually';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair, type Service } from '../harness/stack/pair';
import { CHINESE } from '../harness/texts';

jest.setTimeout(60_000);
let pair: Pair;
let redis: Redis;
let ann: MadeKey;
let operator: MadeKey;
let api: Service;
beforeAll(async () => {
  pair = await Pair.start({ settings: KEYED });
  redis = new Redis(pair.redis.url);
  api = pair.apis[0] as Service;
  ann = await makeKey(pair, 'ann');
  operator = await makeKey(pair, 'operators', '--scopes', 'admin');
});
afterAll(async () => {
  redis.disconnect();
  await pair.close();
});

const basic = ({ key }: { key: string }, name = 'me'): Record<string, string> => ({
  Authorization: `Basic ${Buffer.from(`${name}:${key}`).toString('base64')}`,
});
const look = (path = '', headers: Record<string, string> = basic(operator), method = 'GET', url = api.opsUrl) =>
  fetch(`${url}/admin/queues${path}`, { method, headers });

interface Shown {
  readonly id: string;
  readonly failedReason?: string;
  readonly isFailed: boolean;
  readonly data: object;
}
interface ShownQueue {
  readonly name: string;
  readonly counts: Record<string, number>;
  readonly jobs: Shown[];
  readonly readOnlyMode: boolean;
}
/** What the board's page gets of a queue, as it stands in the answer and as it is read. */
async function queue(name: string): Promise<ShownQueue & { text: string }> {
  const text = await (await look(`/api/queues?activeQueue=${name}&status=latest&jobsPerPage=100`)).text();
  const { queues } = JSON.parse(text) as { queues: ShownQueue[] };
  return { ...(queues.find((one) => one.name === name) as ShownQueue), text };
}
const submitted = async (): Promise<string> =>
  (await pair.submit({ text: `${CHINESE} ${Math.random()}` }, bearer(ann))).id;

test('opens with a key of the scope admin, as a bearer or as the password that a browser asks for', async () => {
  const closed = await look('', {});
  expect([closed.status, closed.headers.get('www-authenticate')]).toEqual([
    401, 'Basic realm="flashcards", charset="UTF-8"',
  ]); // prettier-ignore
  for (const path of ['', '/', '/queue/generate', '/api/queues', '/static/images/logo.svg']) {
    expect((await look(path, {})).status).toBe(401);
    expect((await look(path, basic({ key: 'fck_wrong' }))).status).toBe(401);
    // A password that cannot do is asked for again: a browser would go on sending it after a 403.
    const cannot = await look(path, basic(ann));
    expect([cannot.status, cannot.headers.get('www-authenticate')]).toEqual([
      401,
      closed.headers.get('www-authenticate'),
    ]);
    expect((await look(path, bearer(ann))).status).toBe(403);
    expect((await look(path)).status).toBe(200);
    expect((await look(path, bearer(operator))).status).toBe(200);
  }
  expect((await look('/api/queues', basic(operator, ''))).status).toBe(200);
  // Nowhere else is a password a key.
  expect((await fetch(`${api.opsUrl}/admin/keys`, { headers: basic(operator) })).status).toBe(401);
});

test('keys that fail as passwords are limited like any others, and a good one is let in', async () => {
  const { opsUrl } = await pair.addApi();
  const statuses = [];
  for (let i = 0; i < 25; i += 1) statuses.push((await look('', basic({ key: 'fck_wrong' }), 'GET', opsUrl)).status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(20);
  expect(statuses.filter((status) => status === 429)).toHaveLength(5);
  expect((await look('', basic(operator), 'GET', opsUrl)).status).toBe(200);
});

test('a look at it is audited once a minute, and a refused one too', async () => {
  await look('/api/queues');
  await look('/api/queues', basic(ann));
  await eventually(() => {
    const records = api.events('audit.recorded');
    expect(records.filter(({ action }) => action === 'queues.read')).toMatchObject([
      { actor: operator.id, outcome: 'done' },
    ]);
    expect(records.filter(({ action }) => action === 'admin.refused')).toContainEqual(
      expect.objectContaining({ actor: ann.id, target: '/admin/queues' }),
    );
  });
});

test('is not on the port that clients reach, and nowhere in open mode', async () => {
  expect((await look('', basic(operator), 'GET', api.url)).status).toBe(404);
  const open = await pair.addApi({ AUTH: 'open', KEY_PEPPER: '', SECRETS_KEY: '' });
  expect((await look('', {}, 'GET', open.opsUrl)).status).toBe(404);
  expect((await look('/api/queues', basic(operator), 'GET', open.opsUrl)).status).toBe(404);
});

test('is where the API says that its operations port is, also with an address of its own', async () => {
  const { opsUrl, url } = await pair.addApi({ OPS_HOST: '127.0.0.2' });
  expect([new URL(opsUrl).hostname, new URL(url).hostname]).toEqual(['127.0.0.2', '127.0.0.1']);
  expect((await look('', basic(operator), 'GET', opsUrl)).status).toBe(200);
});

test('its page asks no other host, has nothing inline, and its policy allows neither', async () => {
  const page = await look('/');
  const html = await page.text();
  expect(html).toContain('<div id="root"></div>');
  expect(html).toContain('src="static/js/main.');
  expect(html).not.toMatch(/https?:|style=|<style/);
  const policy = page.headers.get('content-security-policy') as string;
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/unsafe|http|\*/);
  expect([page.headers.get('x-powered-by'), page.headers.get('cache-control')]).toEqual([null, 'no-store']);
});

test('shows what waits by its id, and no text', async () => {
  const [worker] = pair.workers;
  worker?.signal('SIGSTOP');
  const id = await submitted();
  const shown = await eventually(async () => {
    const answer = await queue(GENERATE_QUEUE);
    expect(answer.jobs.map((job) => job.id)).toContain(id);
    // It counts before it lists: a job that comes between the two is only in the list.
    expect(answer.counts['waiting']).toBe(1);
    return answer;
  });
  expect(shown.readOnlyMode).toBe(true);
  expect(shown.text).not.toContain(CHINESE.slice(0, 6));
  const job = await (await look(`/api/queues/${GENERATE_QUEUE}/${id}`)).text();
  expect(job).toContain(id);
  expect(job).not.toContain(CHINESE.slice(0, 6));

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    for (const path of ['/pause', '/empty', '/obliterate', '/add', `/${id}/clean`, `/${id}/update-data`]) {
      const answer = await look(`/api/queues/${GENERATE_QUEUE}${path}`, basic(operator), method);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    }
  }
  expect((await queue(GENERATE_QUEUE)).jobs.map((one) => one.id)).toContain(id);
  worker?.signal('SIGCONT');
  expect((await pair.call('GET', `/v1/jobs/${id}?wait=30`, undefined, bearer(ann))).body).toMatchObject({
    status: 'completed',
  });
});

test('says why an attempt failed by the word for it', async () => {
  await pair.script(...Array.from({ length: 5 }, () => '500'));
  const id = await submitted();
  await eventually(async () => {
    const job = (await queue(GENERATE_QUEUE)).jobs.find((one) => one.id === id);
    expect(job?.isFailed).toBe(true);
    expect(job?.failedReason).toMatch(/^[a-z0-9_]+$/);
  }, 20_000);
});

test('of what breaks in a worker the queue keeps a word, and the log the message', async () => {
  const [worker] = pair.workers;
  worker?.signal('SIGSTOP');
  const id = await submitted();
  await eventually(async () => expect((await queue(GENERATE_QUEUE)).jobs.map((one) => one.id)).toContain(id));
  const record = `{flashcards}:job:${id}`;
  // Taking it fails: the script meets a record of another kind.
  await redis.rename(record, 'aside');
  await redis.set(record, '秘密');
  worker?.signal('SIGCONT');
  await eventually(async () => {
    const reason = await redis.hget(`{flashcards}:${GENERATE_QUEUE}:${id}`, 'failedReason');
    expect(reason).toBe('internal');
    expect(worker?.events('job.broke')).toContainEqual(expect.objectContaining({ job_id: id }));
  }, 20_000);
  await redis.rename('aside', record);
});

test('shows nothing that got into a job by mistake: no message, no stack, no result, no log', async () => {
  const inside = new Queue(DELIVERIES_QUEUE, { connection: redis, prefix: '{flashcards}' });
  const job = await inside.add('deliveries', { id: 'job-1', host: 'example.org', text: '秘密' }, { delay: 600_000 });
  const message = `Unexpected token '秘', "秘密 of a text" is not valid JSON`;
  await redis.hset(
    `{flashcards}:${DELIVERIES_QUEUE}:${job.id}`,
    { failedReason: message, stacktrace: JSON.stringify([message]), returnvalue: JSON.stringify(message), progress: JSON.stringify(message) },
  ); // prettier-ignore
  await inside.addJobLog(job.id as string, message);
  const paths = ['', '/logs', '/flow'].map((end) => `/api/queues/${DELIVERIES_QUEUE}/${job.id}${end}`);
  const answers = await Promise.all(paths.map(async (path) => (await look(path)).text()));
  const { text, jobs } = await queue(DELIVERIES_QUEUE);
  for (const answer of [...answers, text]) expect(answer).not.toContain('秘');
  expect(jobs[0]).toMatchObject({ isFailed: true, data: { id: 'job-1', host: 'example.org' } });
  expect(jobs[0]?.failedReason).toContain('see the logs');
});

test('however many jobs it is asked for, it reads a hundred', async () => {
  const inside = new Queue(DELIVERIES_QUEUE, { connection: redis, prefix: '{flashcards}' });
  await inside.addBulk(Array.from({ length: 150 }, () => ({ name: 'deliveries', data: {}, opts: { delay: 600_000 } })));
  const text = await (await look(`/api/queues?activeQueue=deliveries&status=delayed&jobsPerPage=100000`)).text();
  const { queues } = JSON.parse(text) as { queues: ShownQueue[] };
  expect(queues.flatMap(({ jobs }) => jobs)).toHaveLength(100);
});
