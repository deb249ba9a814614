import { createHash } from 'node:crypto';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import {
  type Delivery,
  type DeliveryAttempt,
  deliveryBodySchema,
  deliverySchema,
} from '@flashcards/shared/contract/delivery';
import type { Job } from '@flashcards/shared/contract/job';
import { type Post, hostOf } from '@flashcards/shared/queue/queues';
import { createDeliveryStore } from '@flashcards/shared/store/deliveries/delivery-store';
import { type Certificate, makeCertificate } from '../harness/servers/certificate';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { Receiver, type Received, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { POSTER } from '../harness/redis/keyspace';
import { freePort } from '../harness/redis/redis-server';
import { CHINESE, ENGLISH } from '../harness/texts';

const SETTINGS = {
  WEBHOOK_SECRET,
  WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
  WEBHOOK_RETRY_SECONDS: '0.05,0.1,0.2',
  WEBHOOK_TIMEOUT_SECONDS: 1,
};

const SECURE = '127.0.0.3';

jest.setTimeout(60_000);

let receiver: Receiver;
let trusted: Certificate;
let pair: Pair;
let redis: Redis;
beforeAll(async () => {
  receiver = await Receiver.start();
  trusted = makeCertificate(SECURE);
  const settings = { ...SETTINGS, MODEL: 'standin/extractive-100ms', NODE_EXTRA_CA_CERTS: trusted.file };
  pair = await Pair.start({ workers: 2, settings });
  redis = new Redis(pair.redis.url);
});
afterAll(async () => {
  redis.disconnect();
  await pair.close();
  await receiver.close();
  trusted.remove();
});

let count = 0;
const text = (): string => `${ENGLISH} Note ${(count += 1)} is a note.`;
const hooked = (url: string, more: object = {}) => ({ text: text(), webhook: { url }, ...more });

async function log(job: Pick<Job, 'id'>): Promise<Delivery[]> {
  const { body, text: raw, status } = await pair.call('GET', `/v1/jobs/${job.id}/deliveries`);
  if (status !== 200) throw new Error(raw);
  const { deliveries } = body as { deliveries: Delivery[] };
  for (const delivery of deliveries) expect(deliverySchema.validate(delivery).error).toBeUndefined();
  return deliveries;
}
const settled = (job: Pick<Job, 'id'>, state: Delivery['state'], ms = 30_000): Promise<Delivery> =>
  eventually(async () => {
    const [delivery] = await log(job);
    expect(delivery?.state).toBe(state);
    return delivery as Delivery;
  }, ms);
const arrived = (path: string, times = 1, ms = 30_000): Promise<Received[]> =>
  eventually(() => {
    expect(receiver.at(path).length).toBeGreaterThanOrEqual(times);
    return receiver.at(path);
  }, ms);
const redeliver = ({ id }: Pick<Job, 'id'>, delivery: string) =>
  pair.call('POST', `/v1/jobs/${id}/deliveries/${delivery}/redeliver`);
/** A job whose model call hangs. */
async function hanging(request: object): Promise<Job> {
  const { controlUrl } = pair.standin;
  await fetch(`${controlUrl}/reset`, { method: 'POST' });
  await fetch(`${controlUrl}/script`, { method: 'POST', body: JSON.stringify({ scenarios: ['hang_before_headers'] }) });
  const job = await pair.submit(request);
  await eventually(async () =>
    expect(await (await fetch(`${controlUrl}/metrics`)).json()).toMatchObject({ in_flight: 1 }),
  );
  return job;
}
const keysOf = async (id: string): Promise<string[]> => (await redis.keys('*')).filter((key) => key.includes(id));

describe('the end of a job', () => {
  test('is sent at once, signed as Standard Webhooks says, with counts and links and no card', async () => {
    const job = await pair.finished(hooked(receiver.url('/done'), { text: CHINESE, metadata: { course: 'bio-1' } }));
    const [received] = await arrived('/done');
    const { type, data } = receiver.verified(received as Received);
    expect(type).toBe('job.completed');
    expect(deliveryBodySchema('job.completed').validate(JSON.parse(received?.body ?? '')).error).toBeUndefined();
    const { deck: _deck, coverage: _coverage, ...counts } = job.result as NonNullable<Job['result']>;
    const { id, links } = job;
    expect(data).toMatchObject({ id, status: 'completed', result: counts, links, metadata: { course: 'bio-1' } });
    for (const { quote } of job.result?.deck.cards ?? []) expect(received?.body).not.toContain(quote);
    const delivery = await settled(job, 'delivered');
    expect(received?.headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': delivery.id });
    const { headers } = await pair.call('GET', `/v1/jobs/${job.id}`);
    expect(delivery.id).toBe(`${job.id}_${headers.get('etag')?.replace(/"/g, '')}`);
    expect(delivery.attempts).toMatchObject([{ number: 1, status: 204, delivered: true, reason: 'ok' }]);
  });

  test.each([
    ['failed', async (url: string) => pair.finished(hooked(url, { text: `好${count}` }))],
    ['failed', async (url: string) => {
      return pair.ended((await hanging(hooked(url, { deadline_seconds: 1 }))).id);
    }],
    ['completed', async (url: string) => {
      const again = text();
      await pair.finished({ text: again });
      const hit = await pair.finished(hooked(url, { text: again }));
      expect(hit.cache).toBe('hit');
      return hit;
    }],
    ['canceled', async (url: string) => {
      const job = await hanging(hooked(url));
      await pair.call('POST', `/v1/jobs/${job.id}/cancel`);
      return job;
    }],
  ])('that %s is sent, whichever way it ended', async (status, end) => {
    const path = `/ends/${(count += 1)}`;
    const job = await end(receiver.url(path));
    const [received] = await arrived(path);
    expect(receiver.verified(received as Received)).toMatchObject({ type: `job.${status}`, data: { id: job.id, status } });
    await settled(job, 'delivered');
  });

  test('that shares its call with others is sent to each of them', async () => {
    const shared = { text: text() };
    const jobs = await Promise.all([1, 2, 3, 4].map((i) => pair.submit({ ...shared, webhook: { url: receiver.url(`/shared/${i}`) } })));
    for (const [i, job] of jobs.entries()) {
      const [received] = await arrived(`/shared/${i + 1}`);
      expect(receiver.verified(received as Received).data).toMatchObject({ id: job.id, status: 'completed' });
      const { headers } = await pair.call('GET', `/v1/jobs/${job.id}`);
      expect(received?.headers['webhook-id']).toBe(`${job.id}_${headers.get('etag')?.replace(/"/g, '')}`);
    }
    expect(new Set((await Promise.all(jobs.map(({ id }) => pair.ended(id)))).map(({ cache }) => cache))).toEqual(new Set(['miss', 'collapsed']));
  });

  test('is sent only where it was requested', async () => {
    const job = await pair.finished({ text: text(), webhook: { url: receiver.url('/failed-only'), events: ['job.failed'] } });
    expect(await log(job)).toEqual([]);
    expect(await log(await pair.finished({ text: text() }))).toEqual([]);
    expect(receiver.at('/failed-only')).toEqual([]);
  });

  test('of a job that is run again is sent as well', async () => {
    const failed = await pair.finished(hooked(receiver.url('/retried'), { text: `呢${count}` }));
    const { body } = await pair.call('POST', `/v1/jobs/${failed.id}/retry`, undefined, { Prefer: 'wait=30' });
    const received = await arrived('/retried', 2);
    expect(received.map((one) => receiver.verified(one).data['id'])).toEqual([failed.id, (body as Job).id]);
  });

  test('fits into 20,000 bytes, whatever the metadata', async () => {
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_none, i) => [`${i}`.padEnd(64, '键'), '值'.repeat(256)]));
    const wide = Object.fromEntries(Object.entries(metadata).map(([key]) => [key, '𠮷'.repeat(256)]));
    for (const [path, given, expected] of [['/small', metadata, metadata], ['/large', wide, null]] as const) {
      await pair.finished(hooked(receiver.url(path), { metadata: given }));
      const [received] = await arrived(path);
      expect(receiver.verified(received as Received).data['metadata']).toEqual(expected);
      expect(Buffer.byteLength(received?.body ?? '')).toBeLessThan(20_000);
    }
  });
}); // prettier-ignore

describe('an attempt', () => {
  test('that fails is made again with the same id and bytes and a new signature, until a 2xx comes', async () => {
    receiver.answers('/flaky', 500, 404, 202);
    const job = await pair.finished(hooked(receiver.url('/flaky')));
    const delivery = await settled(job, 'delivered');
    expect(delivery.attempts.map(({ status, reason }) => [status, reason])).toEqual([
      [500, 'server_error'],
      [404, 'client_error'],
      [202, 'ok'],
    ]);
    const received = receiver.at('/flaky');
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([delivery.id]));
    received.forEach((one) => receiver.verified(one));
    expect(delivery.next_attempt_at).toBeNull();
    expect(Date.parse(delivery.expires_at ?? '') - Date.parse(delivery.created_at)).toBe(86_400_000);
  });

  test('is the last one when all have failed, and says why', async () => {
    receiver.answers('/down', 503);
    const delivery = await settled(await pair.finished(hooked(receiver.url('/down'))), 'failed');
    expect(delivery).toMatchObject({ reason: 'server_error', next_attempt_at: null });
    expect(delivery.attempts).toHaveLength(4);
  });

  test('comes no sooner than the receiver asked for', async () => {
    receiver.on('/later', (_request, response, times) => {
      if (times === 1) response.writeHead(429, { 'Retry-After': '2' }).end();
      else response.writeHead(204).end();
    });
    await pair.finished(hooked(receiver.url('/later')));
    const [first, second] = await arrived('/later', 2);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000);
  });

  test('goes by https to who has a certificate that is trusted, and to nobody else', async () => {
    const stranger = makeCertificate(SECURE);
    const took: string[] = [];
    const servers = [trusted, stranger].map((certificate, i) =>
      createServer(certificate, (_request, response) => {
        took.push(i === 0 ? 'trusted' : 'stranger');
        response.end();
      }),
    );
    try {
      const [good, bad] = await Promise.all(servers.map(async (server) => {
        await new Promise<void>((resolve) => server.listen(0, SECURE, resolve));
        return pair.finished(hooked(`https://${SECURE}:${(server.address() as AddressInfo).port}/`));
      }));
      await settled(good as Job, 'delivered');
      expect(await settled(bad as Job, 'failed')).toMatchObject({ reason: 'tls_failed', attempts: Array(4).fill({ status: null }) });
      expect(took).toEqual(['trusted']);
    } finally {
      servers.forEach((server) => server.close());
      stranger.remove();
    }
  });

  test('that finds nobody says so', async () => {
    const nobody = await freePort();
    const delivery = await settled(await pair.finished(hooked(`http://127.0.0.1:${nobody}/`)), 'failed');
    expect(delivery.reason).toBe('connection_failed');
  });

  test('never follows a redirect', async () => {
    receiver.on('/moved', (_request, response) => void response.writeHead(307, { Location: '/moved-here' }).end());
    const delivery = await settled(await pair.finished(hooked(receiver.url('/moved'))), 'failed');
    expect(delivery).toMatchObject({ reason: 'redirect', attempts: Array(4).fill({ status: 307 }) });
    expect(receiver.at('/moved-here')).toEqual([]);
  });

  test('ends with the time it may take', async () => {
    receiver.on('/hangs', () => undefined);
    const delivery = await settled(await pair.finished(hooked(receiver.url('/hangs', '127.0.0.9'))), 'failed');
    for (const { reason, duration_ms } of delivery.attempts) {
      expect(reason).toBe('timeout');
      expect(duration_ms).toBeGreaterThanOrEqual(1_000);
    }
  });

  test('takes no more of an answer than its status', async () => {
    const closed: string[] = [];
    receiver.on('/endless', (_request, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(100_000)), 5);
      response.once('close', () => {
        clearInterval(more);
        closed.push('endless');
      });
    });
    await settled(await pair.finished(hooked(receiver.url('/endless'))), 'delivered');
    await eventually(() => expect(closed).toEqual(['endless']));
  });

  test('at a receiver that hangs delays none at another', async () => {
    receiver.on('/slow', () => undefined);
    const url = receiver.url('/slow', '127.0.0.7');
    const slow = await Promise.all(Array.from({ length: 24 }, () => pair.submit(hooked(url))));
    await arrived('/slow', 8);
    for (let i = 0; i < 5; i += 1) {
      const job = await pair.finished(hooked(receiver.url('/quick', '127.0.0.8')));
      await settled(job, 'delivered');
    }
    expect(await log(slow.at(-1) as Job)).toMatchObject([{ state: 'pending' }]);
    receiver.answers('/slow', 204);
    for (const job of slow) await settled(job, 'delivered', 60_000);
  });
}); // prettier-ignore

describe('a URL', () => {
  test('that answers 410 gets nothing more by itself, until a redelivery to it succeeds', async () => {
    receiver.answers('/gone', 410, 204);
    const first = await pair.finished(hooked(receiver.url('/gone')));
    expect(await settled(first, 'failed')).toMatchObject({ reason: 'gone', attempts: [{ status: 410 }] });
    const second = await pair.finished(hooked(receiver.url('/gone')));
    const held = await settled(second, 'held');
    expect(held).toMatchObject({ reason: 'url_disabled', attempts: [] });
    expect(receiver.at('/gone')).toHaveLength(1);

    const answer = await redeliver(second, held.id);
    expect([answer.status, (answer.body as Delivery).state]).toEqual([202, 'pending']);
    expect(await settled(second, 'delivered')).toMatchObject({ attempts: [{ kind: 'redelivery', status: 204 }] });
    await settled(await pair.finished(hooked(receiver.url('/gone'))), 'delivered');
  });

  test('that only failed for five days gets nothing more by itself', async () => {
    const url = receiver.url('/dead');
    receiver.answers('/dead', 500);
    await settled(await pair.finished(hooked(url)), 'failed');
    const failing = `{flashcards}:hook:${createHash('sha1').update(`open\n${url}`).digest('hex')}`;
    const since = Number(await redis.hget(failing, 'since'));
    expect(since).toBeGreaterThan(0);
    await settled(await pair.finished(hooked(url)), 'failed');
    await redis.hset(failing, 'since', since - 5 * 86_400_000);
    expect(await settled(await pair.finished(hooked(url)), 'held')).toMatchObject({ attempts: [{ status: 500 }] });
    expect(await settled(await pair.finished(hooked(url)), 'held')).toMatchObject({ reason: 'url_disabled', attempts: [] });
    receiver.answers('/dead?other', 500);
    await settled(await pair.finished(hooked(receiver.url('/dead?other'))), 'failed');
  });

  test.each([
    ['to an inner address', 'https://10.0.0.1/', 'must not lead to an inner address'],
    ['with a password', 'https://u:p@example.org/', 'must not hold a user name or password'],
    ['that is not http', 'ftp://example.org/', 'must be an https URL'],
    ['too long', `https://example.org/${'x'.repeat(2_048)}`, 'has 2,068 characters; at most 2,048 are allowed'],
  ])('%s is refused at the submit, by field and rule', async (_what, url, detail) => {
    const { status, body } = await pair.call('POST', '/v1/jobs', hooked(url));
    expect([status, (body as { errors: unknown }).errors]).toEqual([422, [{ pointer: '/webhook/url', detail }]]);
  });

  test('stands in no log line, and its host does', () => {
    const lines = [...pair.workers, ...pair.apis].flatMap((service) => service.lines).join('\n');
    expect(lines).toContain(`"host":"127.0.0.1:${receiver.port}"`);
    expect(lines).not.toContain(receiver.url('/'));
    expect(lines).not.toContain('/flaky');
    expect(lines).not.toContain(WEBHOOK_SECRET.slice(6));
  });
}); // prettier-ignore

describe('a redelivery', () => {
  test('of what was delivered sends the same id and bytes once more, also when the job has expired', async () => {
    const job = await pair.finished(hooked(receiver.url('/twice')));
    const { id } = await settled(job, 'delivered');
    await redis.del(`{flashcards}:job:${job.id}`);
    expect((await pair.call('GET', `/v1/jobs/${job.id}`)).status).toBe(410);
    expect((await redeliver(job, id)).status).toBe(202);
    const [first, second] = await arrived('/twice', 2);
    expect([second?.body, second?.headers['webhook-id']]).toEqual([first?.body, id]);
    await eventually(async () => expect((await log(job))[0]?.attempts).toMatchObject([{ kind: 'automatic' }, { kind: 'redelivery' }]));
  });

  test('that fails is not repeated, and leaves the automatic attempts as they were', async () => {
    receiver.on('/asked', (_request, response, times) => {
      if (times === 1) response.writeHead(503, { 'Retry-After': '3' }).end();
      else response.writeHead(times === 2 ? 500 : 204).end();
    });
    const job = await pair.finished(hooked(receiver.url('/asked')));
    const [delivery] = await eventually(async () => {
      const found = await log(job);
      expect(found[0]?.attempts).toHaveLength(1);
      return found;
    });
    await redeliver(job, delivery?.id ?? '');
    const after = await eventually(async () => {
      const [found] = await log(job);
      expect(found?.attempts).toHaveLength(2);
      return found;
    });
    expect(after).toMatchObject({ state: 'pending', next_attempt_at: delivery?.next_attempt_at });
    expect((await settled(job, 'delivered')).attempts.map(({ kind }) => kind)).toEqual(['automatic', 'redelivery', 'automatic']);
    receiver.answers('/asked', 500);
    await redeliver(job, delivery?.id ?? '');
    expect((await settled(job, 'failed')).attempts).toHaveLength(4);
  });

  test('waits for the attempt that runs, and knows only deliveries of its job', async () => {
    let answer = (): void => undefined;
    receiver.on('/busy', (_request, response) => (answer = () => void response.writeHead(204).end()));
    const job = await pair.finished(hooked(receiver.url('/busy')));
    await arrived('/busy');
    const [delivery] = await log(job);
    expect((await redeliver(job, delivery?.id ?? '')).status).toBe(409);
    const other = await pair.finished({ text: text() });
    for (const id of [`${job.id}_999`, `${other.id}_5`, 'nonsense', delivery?.id ?? '']) {
      expect((await redeliver(id === delivery?.id ? other : job, id)).status).toBe(404);
    }
    expect((await pair.call('GET', '/v1/jobs/00000000-none/deliveries')).status).toBe(404);
    answer();
    await settled(job, 'delivered');
  });
}); // prettier-ignore

describe('nothing is lost', () => {
  test('when no worker is there, and when the record has expired until one is', async () => {
    const lonely = await Pair.start({ workers: 0, settings: SETTINGS });
    const client = new Redis(lonely.redis.url);
    try {
      const jobs = await Promise.all([1, 2].map(() => lonely.submit(hooked(receiver.url('/lonely')))));
      for (const { id } of jobs) await lonely.call('POST', `/v1/jobs/${id}/cancel`);
      await client.del(`{flashcards}:job:${jobs[1]?.id}`);
      await lonely.addWorker();
      const received = await arrived('/lonely', 2);
      const events = received.map((one) => receiver.verified(one));
      expect(events.map(({ data }) => data['id']).sort()).toEqual(jobs.map(({ id }) => id).sort());
      for (const one of events) expect(one).toMatchObject({ type: 'job.canceled', data: { status: 'canceled', result: null } });
    } finally {
      client.disconnect();
      await lonely.close();
    }
  });

  test('when who took it from the outbox dies before it is in the queue', async () => {
    const robbed = await Pair.start({ workers: 0, settings: SETTINGS });
    const client = new Redis(robbed.redis.url);
    try {
      const job = await robbed.submit(hooked(receiver.url('/robbed')));
      await robbed.call('POST', `/v1/jobs/${job.id}/cancel`);
      const dies = createDeliveryStore(client, '{flashcards}');
      expect((await dies.post(POSTER, 10)).posts).toMatchObject([{ id: job.id, attempt: 1 }]);
      expect((await dies.post(POSTER, 10)).posts).toEqual([]);
      await robbed.addWorker();
      await arrived('/robbed');
    } finally {
      client.disconnect();
      await robbed.close();
    }
  });

  test('of the place of others: a host gets eight attempts at once, one once it gave no answer, and others theirs', async () => {
    const still = await Pair.start({ workers: 0, settings: SETTINGS });
    const client = new Redis(still.redis.url);
    try {
      const store = createDeliveryStore(client, '{flashcards}');
      const [slow, other] = ['127.0.0.7:8100', '127.0.0.8:8100'];
      const urls = [...Array<string>(12).fill(`http://${slow}/`), `http://${other}/`];
      const jobs = await Promise.all(urls.map((url) => still.submit(hooked(url))));
      for (const { id } of jobs) await still.call('POST', `/v1/jobs/${id}/cancel`);
      const { posts } = await store.post(POSTER, 100);
      const first = posts.filter((post) => hostOf(post) === slow);
      expect([first.length, posts.length]).toEqual([8, 9]);
      expect(posts.map(hostOf)).toContain(other);
      const fails = (post: Post) =>
        store.end(post, { outcome: 'failed', reason: 'timeout', unanswered: true, delayMs: 0, entry: {} as DeliveryAttempt }, 1e9);
      for (const post of first.slice(1)) await fails(post);
      expect((await store.post(POSTER, 100)).posts).toEqual([]);
      await fails(first[0] as Post);
      expect((await store.post(POSTER, 100)).posts.map(hostOf)).toEqual([slow]);
    } finally {
      client.disconnect();
      await still.close();
    }
  });

  test('when a worker is killed in an attempt, and one that stops hands its attempt on and says so', async () => {
    receiver.on('/killed', (_request, response, times) => {
      if (times > 2) response.writeHead(204).end();
    });
    const patient = await Pair.start({ workers: 1, settings: { ...SETTINGS, WEBHOOK_TIMEOUT_SECONDS: 30, DRAIN_SECONDS: 0 } });
    try {
      const job = await patient.finished(hooked(receiver.url('/killed')));
      await arrived('/killed', 1);
      await patient.workers[0]?.stop('SIGKILL');
      const second = await patient.addWorker();
      await arrived('/killed', 2);
      expect(await second.stop('SIGTERM')).toBe(0);
      expect(second.events('delivery.handed_back')).toMatchObject([{ job_id: job.id, host: expect.any(String) }]);
      await patient.addWorker();
      const received = await arrived('/killed', 3);
      expect(new Set(received.map(({ body, headers }) => body + headers['webhook-id'])).size).toBe(1);
      const { body } = await patient.call('GET', `/v1/jobs/${job.id}/deliveries`);
      expect((body as { deliveries: Delivery[] }).deliveries[0]?.attempts.length).toBeLessThanOrEqual(1);
    } finally {
      await patient.close();
    }
  });

  test('of a tombstone before the last attempt', async () => {
    receiver.on('/tomb', (_request, response) => void response.writeHead(503, { 'Retry-After': '86400' }).end());
    const job = await pair.finished(hooked(receiver.url('/tomb')));
    await redis.expire(`{flashcards}:tomb:${job.id}`, 5);
    const [delivery] = await log(job);
    await eventually(async () => expect((await log(job))[0]?.attempts).toHaveLength(1));
    await redeliver(job, delivery?.id ?? '');
    await eventually(async () => expect((await log(job))[0]?.attempts).toHaveLength(2));
    expect(await redis.ttl(`{flashcards}:tomb:${job.id}`)).toBeGreaterThan(86_000);
  });
}); // prettier-ignore

describe('erasing a job', () => {
  test('takes its delivery with it, and drops an attempt that waits', async () => {
    receiver.on('/erased', (_request, response) => void response.writeHead(503, { 'Retry-After': '2' }).end());
    const job = await pair.finished(hooked(receiver.url('/erased')));
    await eventually(async () => expect((await log(job))[0]?.attempts).toHaveLength(1));
    expect((await pair.call('DELETE', `/v1/jobs/${job.id}`)).status).toBe(204);
    expect((await pair.call('GET', `/v1/jobs/${job.id}/deliveries`)).status).toBe(404);
    expect(await keysOf(job.id)).toEqual([`{flashcards}:tomb:${job.id}`]);
    const later = await pair.finished(hooked(receiver.url('/after-erased')));
    await settled(later, 'delivered');
    expect(receiver.at('/erased')).toHaveLength(1);
    await eventually(async () => expect(JSON.stringify(await redis.xrange('{flashcards}:deliveries:events', '-', '+'))).not.toContain(job.id));
  });

  test('while an attempt is made leaves nothing of it', async () => {
    let answer = (): void => undefined;
    receiver.on('/erased-now', (_request, response) => (answer = () => void response.writeHead(500).end()));
    const job = await pair.finished(hooked(receiver.url('/erased-now')));
    await arrived('/erased-now');
    expect((await pair.call('DELETE', `/v1/jobs/${job.id}`)).status).toBe(204);
    answer();
    await eventually(() => expect(pair.workers.flatMap((worker) => worker.events('delivery.failed')).filter((line) => line['job_id'] === job.id)).toMatchObject([{ outcome: 'dropped' }]));
    await eventually(async () => expect(await keysOf(job.id)).toEqual([`{flashcards}:tomb:${job.id}`]));
  });

  test('that had not ended notifies nobody', async () => {
    const job = await hanging(hooked(receiver.url('/erased-open')));
    expect((await pair.call('DELETE', `/v1/jobs/${job.id}`)).status).toBe(204);
    await settled(await pair.finished(hooked(receiver.url('/after-open'))), 'delivered');
    expect(receiver.at('/erased-open')).toEqual([]);
    expect(await keysOf(job.id)).toEqual([`{flashcards}:tomb:${job.id}`]);
  });

  test('whose record has expired still takes its delivery', async () => {
    const job = await pair.finished(hooked(receiver.url('/expired')));
    await settled(job, 'delivered');
    await redis.del(`{flashcards}:job:${job.id}`, `{flashcards}:events:${job.id}`);
    expect((await pair.call('DELETE', `/v1/jobs/${job.id}`)).status).toBe(204);
    expect((await pair.call('GET', `/v1/jobs/${job.id}/deliveries`)).status).toBe(404);
    expect(await keysOf(job.id)).toEqual([`{flashcards}:tomb:${job.id}`]);
  });
}); // prettier-ignore

describe('an operator', () => {
  test('sees what was delivered, what waits and how late it is', async () => {
    const metrics = async (url = ''): Promise<string> => (await fetch(`${url}/metrics`)).text();
    const worker = await metrics(pair.workers[0]?.opsUrl);
    expect(worker).toMatch(/flashcards_deliveries_total\{outcome="delivered".*\} \d+/);
    expect(worker).toMatch(/flashcards_delivery_attempts_total\{reason="ok".*\} \d+/);
    expect(await metrics(pair.apis[0]?.opsUrl)).toMatch(/flashcards_delivery_backlog\{.*\} \d+/);
  });

  test('without a secret there are no webhooks, and clients get an error that says so', async () => {
    const api = await pair.addApi({ WEBHOOK_SECRET: '' });
    const { status, body } = await pair.call('POST', '/v1/jobs', hooked(receiver.url('/')), {}, api.url);
    expect([status, (body as { errors: unknown }).errors]).toEqual([
      422,
      [{ pointer: '/webhook', detail: 'cannot be used: no WEBHOOK_SECRET is set to sign with' }],
    ]);
  });
});
