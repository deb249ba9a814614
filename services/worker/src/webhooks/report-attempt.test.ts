import type { Logger } from '@flashcards/shared/runtime/logger';
import { createWorkerMetrics } from '../metrics';
import { type RecordedAttempt, reportAttempt } from './report-attempt';

const post = { id: 'job-1', host: 'example.com:443/ann', event: '7', attempt: 2 };
const made = (reason: 'ok' | 'server_error'): RecordedAttempt['attempt'] => ({
  kind: 'sent',
  started: {
    ...{ tenant: 'ann', url: 'https://example.com/', event: '7', type: 'job.completed', at: 0, lateMs: 5 },
    ...{ automatic: 1, isRedelivery: false, body: '{}', record: new Map() },
    clock: { redis: 0, monotonic: 0 },
  },
  startedAt: 0,
  sent: { status: reason === 'ok' ? 204 : 500, reason, retryAfterMs: null },
  durationMs: 20,
});

test.each<[RecordedAttempt['kind'], string, string, RecordedAttempt['attempt']]>([
  ['delivered', 'info', 'delivery.completed', made('ok')],
  ['retried', 'warn', 'delivery.failed', made('server_error')],
  ['failed', 'warn', 'delivery.failed', made('server_error')],
  ['dropped', 'warn', 'delivery.failed', made('server_error')],
  ['dropped', 'info', 'delivery.dropped', null],
  ['held', 'warn', 'delivery.held', null],
  ['handed_back', 'info', 'delivery.handed_back', null],
])('an attempt that is %s has one line, %s %s, and one count', async (kind, level, event, attempt) => {
  const lines: [string, string, object | undefined][] = [];
  const write =
    (name: string): Logger['info'] =>
    (line, fields) =>
      void lines.push([name, line, fields]);
  const logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    flush: () => undefined,
  };
  const metrics = createWorkerMetrics('', () => 0);
  reportAttempt({ metrics, logger }, post, { kind, attempt, disabledUrl: false });
  expect(lines).toEqual([[level, event, expect.objectContaining({ job_id: 'job-1', host: 'example.com:443' })]]);
  const shown = await metrics.registry.metrics();
  expect(shown).toMatch(new RegExp(`^flashcards_deliveries_total\\{outcome="${kind}".*\\} 1$`, 'm'));
  expect(shown.match(/^flashcards_deliveries_total/gm)).toHaveLength(1);
});

test('a URL that gets no automatic attempts from now on has a line of its own', () => {
  const events: string[] = [];
  const write: Logger['info'] = (event) => void events.push(event);
  const logger = { debug: write, info: write, warn: write, error: write, flush: () => undefined };
  const recorded = { kind: 'failed', attempt: made('server_error'), disabledUrl: true } as const;
  reportAttempt({ metrics: createWorkerMetrics('', () => 0), logger }, post, recorded);
  expect(events).toEqual(['delivery.failed', 'webhook.disabled']);
});
