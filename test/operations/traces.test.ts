import { type IncomingMessage, type Server, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Collected, Collector } from '../harness/servers/collector';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { Receiver, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { freePort } from '../harness/redis/redis-server';
import { ENGLISH } from '../harness/texts';

jest.setTimeout(60_000);

const MARK = 'Xylograph';
const SERVICES = { api: 'flashcards-api', worker: 'flashcards-worker' };
const [INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER] = [1, 2, 3, 4, 5];
const LISTS_PACKAGES = { NODE_OPTIONS: `--require=${join(__dirname, '../harness/preload/loaded.cjs')}` };
const SLOW = { options: { model: 'standin/extractive-3000ms' } };
const WEBHOOKS = { WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8', WEBHOOK_RETRY_SECONDS: '0.05' };

let traces = 0;
/** What a client of a trace of its own sends; `kept` is its word on whether that is looked at. */
function clientTrace(kept = true) {
  const number = (traces += 1).toString(16).padStart(4, '0');
  const [trace, span] = [number.repeat(8), number.repeat(4)];
  return { trace, span, headers: { traceparent: `00-${trace}-${span}-0${kept ? 1 : 0}` } };
}
let texts = 0;
const text = (): string => `${ENGLISH} ${MARK} ${(texts += 1)} is a mark.`;

/** Stands between the workers and the model's API and keeps what is not a matter of bodies. */
class Upstream {
  readonly traceparents: (string | undefined)[] = [];
  readonly #server: Server;
  to = '';

  constructor() {
    this.#server = createServer((request, response) => {
      const { method, headers, url } = request;
      if (method === 'POST') this.traceparents.push(headers['traceparent'] as string | undefined);
      const on = (answer: IncomingMessage): void => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      };
      request.pipe(httpRequest(this.to + url, { method, headers }, on).on('error', () => response.destroy()));
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let collector: Collector;
let receiver: Receiver;
let upstream: Upstream;
let pair: Pair;
beforeAll(async () => {
  [collector, receiver, upstream] = [await Collector.start(), await Receiver.start(), new Upstream()];
  pair = await Pair.start({
    workers: 0,
    settings: {
      ...WEBHOOKS,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-collector-key=a%20key',
      MODEL_FALLBACKS: SLOW.options.model,
      OPENROUTER_BASE_URL: await upstream.start(),
    },
  });
  upstream.to = pair.standin.url;
  await pair.addWorker();
});
afterAll(async () => {
  await pair?.close();
  await Promise.all([collector, receiver, upstream].map((server) => server.close()));
});

const named = (spans: readonly Collected[], name: string | RegExp): Collected =>
  spans.find((span) => (typeof name === 'string' ? span.name === name : name.test(span.name))) ?? missing(name, spans);
function missing(name: string | RegExp, spans: readonly Collected[]): never {
  throw new Error(`no span ${String(name)} among ${spans.map((span) => span.name).join(', ')}`);
}

test('a job is one trace, from the request of its client through the queue to the model and the webhook', async () => {
  const client = clientTrace();
  const job = await pair.submit({ text: text(), webhook: { url: receiver.url('/one') } }, client.headers);
  expect(job.trace_id).toBe(client.trace);
  expect(await pair.ended(job.id)).toMatchObject({ status: 'completed', trace_id: client.trace });
  const [hook] = await eventually(() => (expect(receiver.at('/one')).toHaveLength(1), receiver.at('/one')));
  const spans = await eventually(() => {
    const all = collector.trace(client.trace);
    expect(all.map(({ name }) => name).sort()).toEqual([
      'POST /v1/jobs', 'chat standin/extractive', 'deliver', 'run', 'submit', 'wait',
    ]); // prettier-ignore
    return all;
  });
  const [post, submit, wait, run, call, deliver] = ['POST /v1/jobs', 'submit', 'wait', 'run', /^chat/, 'deliver'].map(
    (name) => named(spans, name),
  ) as [Collected, Collected, Collected, Collected, Collected, Collected];
  expect([post, submit].map(({ service, kind }) => [service, kind])).toEqual([
    [SERVICES.api, SERVER], [SERVICES.api, PRODUCER],
  ]); // prettier-ignore
  expect([wait, run, call, deliver].map(({ service, kind }) => [service, kind])).toEqual([
    [SERVICES.worker, INTERNAL], [SERVICES.worker, CONSUMER], [SERVICES.worker, CLIENT], [SERVICES.worker, CLIENT],
  ]); // prettier-ignore
  expect([post.parentSpanId, submit.parentSpanId, wait.parentSpanId, run.parentSpanId, call.parentSpanId, deliver.parentSpanId]).toEqual(
    [client.span, post.spanId, submit.spanId, submit.spanId, run.spanId, submit.spanId],
  ); // prettier-ignore
  expect(spans.filter(({ failed }) => failed)).toEqual([]);
  // Out: each side gets the span that asks it.
  expect(hook?.headers['traceparent']).toBe(`00-${client.trace}-${deliver.spanId}-01`);
  expect(upstream.traceparents).toContain(`00-${client.trace}-${call.spanId}-01`);
  // And the delivery itself says it.
  expect(receiver.verified(hook as never).data).toMatchObject({ trace_id: client.trace });
});

test('the span of a model call has its model, tokens, cost and first token, and what the gate made of its cards', async () => {
  const client = clientTrace();
  const job = await pair.finished({ text: text() }, client.headers);
  const call = await eventually(() => named(collector.trace(client.trace), /^chat/));
  expect(call.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'openrouter',
    'gen_ai.request.model': 'standin/extractive',
    'gen_ai.usage.input_tokens': job.usage.input_tokens,
    'gen_ai.usage.output_tokens': job.usage.output_tokens,
    'flashcards.model.cost_usd': job.usage.cost_usd,
  });
  expect(call.events.map(({ name }) => name)).toEqual(['first_token', 'gate']);
  expect(call.events[1]?.attributes).toMatchObject({
    'flashcards.cards.generated': job.result?.generated,
    'flashcards.cards.kept': job.result?.kept,
  });
  const run = named(collector.trace(client.trace), 'run');
  expect(run.ms.start).toBeLessThanOrEqual(call.ms.start);
  expect(run.ms.end).toBeGreaterThanOrEqual(call.ms.end);
});

test('a job whose client has no trace begins one, and the log lines of both services name it', async () => {
  const job = await pair.submit({ text: text(), webhook: { url: receiver.url('/logs') } });
  expect(job.trace_id).toMatch(/^[0-9a-f]{32}$/);
  await pair.ended(job.id);
  const [api, worker] = [pair.apis[0], pair.workers[0]];
  await eventually(() => {
    const lines = [
      api?.events('job.submitted'),
      worker?.events('job.completed'),
      worker?.events('delivery.completed'),
    ].map((of) => of?.find((line) => line['job_id'] === job.id));
    expect(lines).toMatchObject([job, job, job].map(({ trace_id }) => ({ trace_id })));
  });
});

test('a problem names the trace of its request, which can be looked up, and so does its log line', async () => {
  const { body, status } = await pair.call('GET', '/v1/jobs/no-such-job-here');
  expect(status).toBe(404);
  const { trace_id: traceId, request_id: requestId } = body as Record<'trace_id' | 'request_id', string>;
  await eventually(() => {
    expect(pair.apis[0]?.events('request.refused').find((line) => line['trace_id'] === traceId)).toMatchObject({ request_id: requestId }); // prettier-ignore
    const [span] = collector.trace(traceId);
    expect(span).toMatchObject({ name: 'GET /v1/jobs/{id}', attributes: { 'http.response.status_code': 404 } });
  });
  const bad = clientTrace();
  const refused = await pair.call('POST', '/v1/jobs', { text: '' }, bad.headers);
  expect(refused.body).toMatchObject({ code: 'invalid_request', trace_id: bad.trace });
  const items = await pair.call('POST', '/v1/jobs/batch', { jobs: [{ text: '' }] }, bad.headers);
  expect(items.body).toMatchObject({ items: [{ problem: { trace_id: bad.trace } }] });
});

test('a malformed traceparent counts as none', async () => {
  const job = await pair.submit({ text: text() }, { traceparent: `00-${'0'.repeat(32)}-00f067aa0ba902b7-01` });
  expect(job.trace_id).toMatch(/[1-9a-f]/);
  await eventually(() => expect(named(collector.trace(job.trace_id ?? ''), 'POST /v1/jobs').parentSpanId).toBeFalsy());
});

test('each attempt is a run of its own in the trace of its submit', async () => {
  const client = clientTrace();
  await pair.script('reset_before_headers');
  const job = await pair.finished({ text: text() }, client.headers);
  expect(job).toMatchObject({ status: 'completed', attempts: 2 });
  const runs = await eventually(() => {
    const found = collector.trace(client.trace).filter(({ name }) => name === 'run');
    expect(found).toHaveLength(2);
    return found;
  });
  const spans = collector.trace(client.trace);
  const { spanId } = named(spans, 'submit');
  expect(runs.map(({ parentSpanId, failed, attributes }) => [parentSpanId, failed, attributes['flashcards.run.outcome']])).toEqual([
    [spanId, true, 'retried'], [spanId, false, 'completed'],
  ]); // prettier-ignore
  const calls = spans.filter(({ name }) => name.startsWith('chat'));
  expect(calls.map(({ parentSpanId, failed }) => [parentSpanId, failed])).toEqual(
    runs.map((run, i) => [run.spanId, i === 0]),
  );
  expect(spans.filter(({ name }) => name === 'wait')).toHaveLength(1);
});

test('a job that shares the call of another is a trace of its own with a link to that one', async () => {
  const [first, second] = [clientTrace(), clientTrace()];
  const shared = { text: text(), ...SLOW };
  const leader = await pair.submit(shared, first.headers);
  const follower = await pair.submit(shared, second.headers);
  expect([follower.cache, follower.trace_id]).toEqual(['collapsed', second.trace]);
  await Promise.all([leader, follower].map(({ id }) => pair.ended(id)));
  await eventually(() => {
    const { spanId } = named(collector.trace(first.trace), 'submit');
    expect(named(collector.trace(second.trace), 'submit').links).toEqual([spanId]);
  });
});

test('a trace that its client does not keep is not kept here, and its id goes on all the same', async () => {
  const client = clientTrace(false);
  const body = { text: text(), webhook: { url: receiver.url('/unkept') } };
  const job = await pair.submit(body, client.headers);
  expect(await pair.ended(job.id)).toMatchObject({ status: 'completed', trace_id: client.trace });
  await eventually(() => expect(receiver.at('/unkept')).toHaveLength(1));
  expect(receiver.at('/unkept')[0]?.headers['traceparent']).toMatch(new RegExp(`^00-${client.trace}-[0-9a-f]{16}-00$`));
  const after = await pair.finished({ text: text() }); // its spans come after those that must not come
  await eventually(() => named(collector.trace(after.trace_id ?? ''), 'run'));
  expect(collector.trace(client.trace)).toEqual([]);
});

test('durations name a trace, as OpenMetrics and to nobody else', async () => {
  const job = await pair.finished({ text: text() });
  const read = async (url: string | undefined, accept: string) => {
    const answer = await fetch(`${url}/metrics`, { headers: { Accept: accept } });
    return { type: answer.headers.get('content-type'), text: await answer.text() };
  };
  const open = 'application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3';
  const [api, worker] = await Promise.all(
    [pair.apis[0]?.opsUrl, pair.workers[0]?.opsUrl].map((url) => read(url, open)),
  );
  expect(api?.type).toMatch(/^application\/openmetrics-text/);
  expect(api?.text).toMatch(/flashcards_job_accept_duration_seconds_bucket\{.*\} \d+ # \{trace_id="[0-9a-f]{32}"\}/);
  expect(api?.text).toMatch(/flashcards_http_request_duration_seconds_bucket\{.*\} \d+ # \{trace_id="[0-9a-f]{32}"\}/);
  expect(worker?.text).toContain(`# {trace_id="${job.trace_id}"}`);
  expect(worker?.text).toMatch(/# TYPE flashcards_job_runs counter\nflashcards_job_runs_total\{/);
  expect(worker?.text.endsWith('# EOF\n')).toBe(true);
  const plain = await read(pair.workers[0]?.opsUrl, 'text/plain');
  expect(plain.type).toMatch(/^text\/plain/);
  expect(plain.text).not.toContain('trace_id=');
  expect(plain.text).toMatch(/# TYPE flashcards_job_runs_total counter\nflashcards_job_runs_total\{/);
});

test('what is sent to the receiver of traces holds its key in a header, and no word of a text or a card', async () => {
  const job = await pair.finished({ text: text(), options: { focus: `${MARK} focus`, title: `${MARK} title` } });
  await eventually(() => named(collector.trace(job.trace_id ?? ''), 'run'));
  expect(JSON.stringify(job.result)).toContain('mantle');
  const sent = collector.bodies.join('\n');
  for (const word of [MARK, 'mantle', 'tectonics', 'sk-or-v1', WEBHOOK_SECRET]) expect(sent).not.toContain(word);
  expect(collector.headers.every((headers) => headers['x-collector-key'] === 'a key')).toBe(true);
});

test('a process that gets SIGTERM sends its last spans first', async () => {
  const worker = await pair.addWorker();
  const client = clientTrace();
  await pair.workers[0]?.stop();
  pair.workers.shift();
  await pair.finished({ text: text() }, client.headers);
  expect(await worker.stop()).toBe(0);
  expect(collector.trace(client.trace).map(({ name }) => name)).toEqual(expect.arrayContaining(['wait', 'run']));
  await pair.addWorker();
});

test('a job whose worker died keeps its trace, also in the process that its next run has to itself', async () => {
  const client = clientTrace();
  const job = await pair.submit({ text: text(), ...SLOW }, client.headers);
  await eventually(async () => expect((await pair.ended(job.id, 0)).status).toBe('running'));
  await pair.workers.pop()?.stop('SIGKILL');
  await pair.addWorker();
  expect(await pair.ended(job.id, 60)).toMatchObject({ status: 'completed', attempts: 1 });
  await eventually(() => {
    const spans = collector.trace(client.trace);
    const run = named(spans, 'run');
    expect(run).toMatchObject({ parentSpanId: named(spans, 'submit').spanId, attributes: { 'flashcards.run.recoveries': 1 } }); // prettier-ignore
    expect(named(spans, /^chat/).parentSpanId).toBe(run.spanId);
  });
});

test('a receiver of traces that is away costs no job anything, and is counted and logged once', async () => {
  const dead = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${await freePort()}` };
  const other = await Pair.start({ settings: { ...dead, ...LISTS_PACKAGES } });
  try {
    const jobs = await Promise.all([1, 2, 3].map(() => other.finished({ text: text() })));
    expect(jobs.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    const [api, worker] = [other.apis[0], other.workers[0]];
    await eventually(async () => {
      for (const service of [api, worker]) {
        const metrics = await (await fetch(`${service?.opsUrl}/metrics`)).text();
        expect(metrics).toMatch(/flashcards_trace_spans_total\{outcome="failed",service="\w+"\} [1-9]/);
      }
    }, 20_000);
    expect(await worker?.stop()).toBe(0);
    await api?.stop();
    for (const service of [api, worker]) {
      expect(service?.events('traces.lost')).toHaveLength(1);
      expect(service?.events('test.loaded')[0]?.['packages']).toContain('@opentelemetry/sdk-trace');
    }
  } finally {
    await other.close();
  }
});

test('without a receiver nothing of OpenTelemetry is loaded, and the trace of a client goes on through', async () => {
  const other = await Pair.start({ settings: { ...WEBHOOKS, ...LISTS_PACKAGES } });
  try {
    const client = clientTrace();
    const body = { text: text(), webhook: { url: receiver.url('/off') } };
    const job = await other.submit(body, client.headers);
    const untraced = await other.finished({ text: text() });
    expect([job.trace_id, untraced.trace_id]).toEqual([client.trace, null]);
    expect(await other.ended(job.id)).toMatchObject({ status: 'completed', trace_id: client.trace });
    await eventually(() => expect(receiver.at('/off')).toHaveLength(1));
    expect(receiver.at('/off')[0]?.headers['traceparent']).toBe(client.headers.traceparent);
    expect((await other.call('GET', '/v1/jobs/no-such-job-here')).body).not.toHaveProperty('trace_id');
    const services = [...other.apis, ...other.workers];
    await Promise.all(services.map((service) => service.stop()));
    for (const service of services) {
      // What counts metrics knows the API's few words by itself.
      expect(service.events('test.loaded')).toMatchObject([{ packages: ['@opentelemetry/api'] }]);
    }
    expect(other.workers[0]?.events('job.completed').map((line) => line['trace_id'])).toEqual(
      expect.arrayContaining([client.trace, undefined]),
    );
  } finally {
    await other.close();
  }
});
