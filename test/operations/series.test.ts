import { Agent, request } from 'node:http';
import { createRegistry } from '@flashcards/shared/runtime/metrics';
import { createTenantReader } from '@flashcards/shared/store/accounts/tenants';
import { MAX_TENANTS, watchTenants } from '../../services/api/src/operations/tenant-metrics';
import { eventually } from '../harness/eventually';
import { KEYED, bearer, keysCommand, makeKey } from '../harness/stack/keys';
import { Line } from '../harness/redis/line';
import { Pair, type Service } from '../harness/stack/pair';
import { RedisServer } from '../harness/redis/redis-server';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(180_000);

/** Samples of a scrape: name and labels -> value. */
function samplesOf(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}
const scrape = async ({ opsUrl }: Service) => samplesOf(await (await fetch(`${opsUrl}/metrics`)).text());

describe('whatever clients and models send', () => {
  let pair: Pair;
  let agent: Agent;
  beforeAll(async () => {
    pair = await Pair.start({ appendonly: 'no', settings: { TRUST_PROXY_HOPS: 1 } });
    agent = new Agent({ keepAlive: true, maxSockets: 20 });
  });
  afterAll(async () => {
    agent.destroy();
    await pair.close();
  });

  let sent = 0;
  /** Each from an address of its own, so that none is refused for their number. */
  const address = (): string => `10.${(sent += 1) >> 16}.${(sent >> 8) & 255}.${sent & 255}`;

  /** Any method that HTTP knows, and any path. That they arrived is counted in the end. */
  const send = (method: string, path: string, body = '', headers: Record<string, string> = {}): Promise<void> =>
    new Promise((resolve) => {
      const options = {
        method,
        agent,
        headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address(), ...headers },
      };
      request(new URL(path, pair.url), options, (answer) => {
        answer.resume().on('close', resolve);
      })
        .on('error', () => resolve())
        .end(body);
    });

  const KNOWN = ['PUT', 'DELETE', 'PATCH', 'OPTIONS'];
  const METHODS = [...KNOWN, 'LOCK', 'PROPFIND', 'REPORT', 'PURGE', 'MKCOL', 'SUBSCRIBE', 'SEARCH', 'TRACE', 'BIND'];
  const submit = (more: object) => JSON.stringify({ text: ENGLISH, ...more });
  const KINDS: readonly ((i: number) => Promise<void>)[] = [
    (i) => send('GET', `/strange-${i}/%E5%8D%A1${i}?q=${i}`),
    (i) => send('GET', `/v1/jobs/01993f5e-7c1a-7b7e-9d54-${String(i).padStart(12, '0')}`),
    (i) => send('GET', `/v1/jobs/no-id-${i}/cards.${i}`),
    (i) => send('GET', `/v1/jobs?status=s${i}&limit=${i}`),
    (i) => send(METHODS[i % METHODS.length] as string, `/v1/jobs/${i}`),
    (i) => send(METHODS[i % METHODS.length] as string, `/odd-${i}`),
    (i) => send('POST', '/v1/jobs', submit({ options: { model: `maker/model-${i}`, language: `l${i}` } })),
    (i) => send('POST', '/v1/jobs', submit({ [`field${i}`]: i, webhook: { url: `ftp://h${i}/` } })),
    (i) => send('POST', '/v1/jobs', `{"text": ${i}`, { 'X-Request-Id': `request-${i}`, 'User-Agent': `agent ${i}` }),
    (i) => send('POST', `/v1/${i}`, submit({}), { 'Content-Type': `application/x-${i}`, Accept: `text/x-${i}` }),
  ];

  /** Jobs that a model answers in odd ways, with values of their client's making. */
  async function jobs(from: number, to: number): Promise<void> {
    const odd = ['dated_model', 'finish_unknown', 'status;code=', 'invented_quotes', 'wrong_language'];
    for (let i = from; i < to; i += 1) {
      const scenario = odd[i % odd.length] as string;
      await pair.script(scenario.endsWith('=') ? `${scenario}${432 + i}` : scenario);
      const metadata = { [`name-${i}`]: `value ${i}` };
      await pair.finished({ text: `${ENGLISH} Note ${i}.`, options: { cards: 2, focus: `Ask ${i}` }, metadata });
    }
  }

  test('10,000 strange paths, methods, models and values of users add no series', async () => {
    const processes = [...pair.apis, ...pair.workers];
    // The kinds of garbage collection come when there is some, and a 503 when the machine is busy.
    const names = async () =>
      (await Promise.all(processes.map(scrape))).map((samples) =>
        [...samples.keys()].filter((name) => !/_gc_duration_|status_class="5xx"/.test(name)).sort(),
      );
    // One of each kind first, with one method that is none of ours: their answers are new once, and only once.
    for (const kind of KINDS) for (let i = 0; i <= KNOWN.length; i += 1) await kind(i);
    await jobs(0, 10);
    const before = await names();
    expect(before.flat().length).toBeGreaterThan(200);

    const EACH = 1_000;
    let next = METHODS.length;
    const sender = async () => {
      while (next < METHODS.length + EACH) {
        const i = (next += 1);
        await Promise.all(KINDS.map((kind) => kind(i)));
      }
    };
    await Promise.all([sender(), sender()]);
    await jobs(10, 30);
    expect(await names()).toEqual(before);
    const requests = [...(await scrape(pair.apis[0] as Service))].filter(([name]) =>
      name.startsWith('flashcards_http_requests_total'),
    );
    expect(requests.reduce((all, [, value]) => all + value, 0)).toBeGreaterThan(EACH * KINDS.length);
  });
});

describe('tenants', () => {
  let server: RedisServer;
  let line: Line;
  beforeAll(async () => {
    server = await RedisServer.start('no');
    line = new Line(server.url);
  });
  afterAll(async () => {
    line.close();
    await server.remove();
  });

  const usage = (cost_usd: number) => ({ input_tokens: 10, output_tokens: 10, cost_usd, final: true });
  const error = { code: 'no_cards', message: 'None.', retryable: false } as const;

  test('10,000 tenants add at most 51 series to a metric: the 50 largest, and the rest as other', async () => {
    const TENANTS = 10_000;
    await Promise.all(
      Array.from({ length: TENANTS }, async (_none, i) => {
        const tenant = `tenant-${i}`;
        const id = await line.submit(tenant);
        await line.store.finish(id, null, { status: 'failed', error, usage: usage(i === 7_777 ? 1.5 : 0.000_001) });
        if (i % 200 !== 0) return;
        const second = await line.submit(tenant);
        await line.store.finish(second, null, { status: 'canceled' });
      }),
    );
    const registry = createRegistry('api', '');
    watchTenants(registry, createTenantReader(line.redis, line.prefix, MAX_TENANTS));
    const samples = samplesOf(await registry.metrics());
    const of = (metric: string) =>
      new Map(
        [...samples].flatMap(([name, value]) => {
          const tenant = name.startsWith(`${metric}{`) && /tenant="([^"]*)"/.exec(name)?.[1];
          return tenant ? [[tenant, value] as const] : [];
        }),
      );
    const [jobs, cost] = [of('flashcards_tenant_jobs_today'), of('flashcards_tenant_cost_usd_today')];
    expect([jobs.size, cost.size]).toEqual([51, 51]);
    expect(cost.get('tenant-7777')).toBeCloseTo(1.5, 9);
    expect(jobs.get('tenant-200')).toBe(2);
    const sum = (values: Map<string, number>) => [...values.values()].reduce((all, value) => all + value, 0);
    expect(sum(jobs)).toBe(TENANTS + 50);
    expect(sum(cost)).toBeCloseTo(1.5 + 9_999 * 0.000_001, 6);
    expect(jobs.get('other')).toBe(TENANTS + 50 - [...jobs].reduce((all, [name, n]) => all + (name === 'other' ? 0 : n), 0)); // prettier-ignore
    expect(jobs.get('other')).toBeGreaterThan(9_900);
  });
});

describe('budgets and the audit', () => {
  test('the metrics say how near a tenant is to a limit of its day, that it is exhausted, and when it is raised', async () => {
    const pair = await Pair.start({ settings: { ...KEYED, MODEL_MAX_PRICE: '0.15,0.6' }, appendonly: 'no' });
    try {
      const key = await makeKey(pair, 'ann');
      const limit = (...limits: string[]) => keysCommand(pair, ['limits', '--tenant', 'ann', ...limits]);
      const api = pair.apis[0] as Service;
      const value = async (name: string) => (await scrape(api)).get(name);
      const near = (level: string) =>
        value(`flashcards_budget_tenants{policy="tokens-day",level="${level}",service="api"}`);
      const share = () => value('flashcards_budget_used_ratio{policy="tokens-day",service="api"}');
      const post = (i: number) =>
        pair.call(
          'POST',
          '/v1/jobs',
          { text: `${ENGLISH} Number ${i}.`, options: { cards: 2 } },
          { ...bearer(key), Prefer: 'wait=30' },
        );

      await limit('--tokens-per-day', '1000000');
      expect((await post(1)).status).toBe(200);
      expect([await near('near'), await near('exhausted'), await share()]).toEqual([0, 0, 0]);

      const { body } = await pair.call('GET', '/v1/usage', undefined, bearer(key));
      const [{ input_tokens: input, output_tokens: output }] = (body as { days: Record<string, number>[] }).days as [
        Record<'input_tokens' | 'output_tokens', number>,
      ];
      await limit('--tokens-per-day', String(input + output + 10));
      await eventually(async () => expect((await post(2)).status).toBe(429));
      await eventually(async () => expect([await near('near'), await near('exhausted')]).toEqual([1, 1]));
      expect(await share()).toBeGreaterThan(1);

      await limit('--tokens-per-day', '1000000');
      await eventually(async () => expect((await post(3)).status).toBe(200));
      await eventually(async () => expect([await near('near'), await near('exhausted')]).toEqual([0, 0]));
      expect(await value('flashcards_audit_records_total{outcome="written",service="api"}')).toBeGreaterThan(0);
      expect(await value('flashcards_audit_records_total{outcome="failed",service="api"}')).toBe(0);
    } finally {
      await pair.close();
    }
  });
});
