import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../harness/eventually';
import { FAULTS } from './faults';
import { Scene } from './scene';

const DASHBOARDS = join(__dirname, '../../monitoring/grafana/dashboards');
/** Alerts and their ends may take this long. The longest window of all is 101 seconds here. */
const LONG_MS = 150_000;
const QUIET = ['Watchdog'];

jest.setTimeout(3 * LONG_MS);

const scene = new Scene();
const table: Record<string, string>[] = [];

const silent = () => eventually(async () => expect(await scene.stack.firing()).toEqual(QUIET), LONG_MS);
const secondsSince = (start: number): number => (performance.now() - start) / 1_000;

beforeAll(async () => {
  await scene.start();
  // Until it has scraped them for the first time Prometheus takes all targets for absent.
  await eventually(async () => expect(await scene.stack.query('up == 1')).toHaveLength(scene.targetCount), 30_000);
  await silent();
});
afterAll(async () => {
  await scene.close();
  console.table(table);
});

test('under load and without a fault nothing fires but the watchdog, and that arrives', async () => {
  const { stack } = scene;
  const before = stack.notifications.length;
  const start = performance.now();
  await eventually(async () => {
    const [done] = await stack.query('sum(flashcards_job_runs_total{outcome="completed"})');
    expect(Number(done?.value[1])).toBeGreaterThan(500);
  }, 90_000);
  await eventually(() =>
    expect(stack.notifications).toContainEqual({ receiver: 'watchdog', status: 'firing', alert: 'Watchdog' }),
  );
  expect(await stack.fired(secondsSince(start))).toEqual(QUIET);
  expect(stack.notifications.slice(before).filter(({ alert }) => alert !== 'Watchdog')).toEqual([]);
});

test.each(FAULTS)('$name: $alert reaches its receiver, ends after the fault, and nothing else cries', async (fault) => {
  const { stack } = scene;
  const { name, breaks, mends, receiver, alert, follows = [] } = fault;
  const before = stack.notifications.length;
  const reveals = (status: string) =>
    eventually(() => expect(stack.notifications.slice(before)).toContainEqual({ receiver, status, alert }), LONG_MS);
  const start = performance.now();
  await breaks(scene);
  const fired = await reveals('firing').then(() => secondsSince(start)).finally(() => mends(scene)); // prettier-ignore
  const mended = performance.now();
  await reveals('resolved');
  const resolved = secondsSince(mended);
  await silent();
  const quiet = secondsSince(mended);
  const also = (await stack.fired(secondsSince(start))).filter((one) => one !== alert && one !== 'Watchdog');
  const seconds = (value: number): string => `${value.toFixed(0)} s`;
  table.push({
    fault: name,
    alert,
    'fired after': seconds(fired),
    'resolved after': seconds(resolved),
    'all quiet after': seconds(quiet),
    'fired beside it': also.join(' '),
    'notified of those': also
      .filter((one) => stack.notifications.slice(before).some(({ alert: notified }) => notified === one))
      .join(' '),
  });
  expect(also.filter((one) => !follows.some((pattern) => pattern.test(one)))).toEqual([]);
});

test('every expression of every dashboard has data', async () => {
  const empty: string[] = [];
  for (const name of readdirSync(DASHBOARDS)) {
    const { panels } = JSON.parse(readFileSync(join(DASHBOARDS, name), 'utf8')) as {
      panels: { title: string; targets?: { expr: string }[] }[];
    };
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets) {
        const expression = expr.replaceAll(/\$region|\$replica/g, '.*').replaceAll('$__rate_interval', '10m');
        const series = await scene.stack.query(expression);
        if (series.length === 0) empty.push(`${name}: ${title}: ${expression}`);
      }
  }
  expect(empty).toEqual([]);
});
