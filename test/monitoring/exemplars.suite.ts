import { Collector } from '../harness/servers/collector';
import { eventually } from '../harness/eventually';
import { Pair } from '../harness/stack/pair';
import { ENGLISH } from '../harness/texts';
import { Stack } from './stack';

jest.setTimeout(120_000);

let collector: Collector;
let pair: Pair;
let stack: Stack;
beforeAll(async () => {
  collector = await Collector.start();
  pair = await Pair.start({ settings: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url } });
  const processes = { api: pair.apis[0]?.opsUrl, worker: pair.workers[0]?.opsUrl };
  const targets = Object.entries(processes).map(([job, url]) => ({ job, address: new URL(url ?? '').host }));
  stack = await Stack.start(targets);
});
afterAll(async () => {
  await stack?.close();
  await pair?.close();
  await collector.close();
});

test('Prometheus leads from how long a run took to its trace, and its series have the names that they have without traces', async () => {
  const { trace_id: traceId } = await pair.finished({ text: ENGLISH });
  for (const series of ['flashcards_job_run_duration_seconds_bucket', 'flashcards_model_call_duration_seconds_bucket'])
    await eventually(async () => expect(await stack.exemplars(series)).toContainEqual({ trace_id: traceId }), 30_000);
  expect(collector.trace(traceId ?? '').map(({ name }) => name)).toContain('run');
  const runs = await stack.query('flashcards_job_runs_total{outcome="completed"}');
  expect(runs).toMatchObject([{ metric: { service: 'worker' }, value: [expect.any(Number), '1'] }]);
  await eventually(async () => expect(await stack.query('flashcards_http_requests_total')).not.toEqual([]), 30_000);
});
