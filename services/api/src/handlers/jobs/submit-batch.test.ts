import { NO_LIMITS } from '@flashcards/shared/contract/limits';
import type { Deps, Input } from '../../http/endpoint';
import { LimitSnapshot } from '../../http/limit-headers';
import { submitBatch } from './submit-batch';

const inputOf = (jobs: unknown[]): Input<Record<string, string>> => ({
  params: {},
  query: {},
  body: { jobs },
  header: () => undefined,
  accepts: () => undefined,
  tenant: 'ann',
  caller: { tenant: 'ann', subject: '', actor: '', scopes: [], limits: NO_LIMITS, seen: new LimitSnapshot() },
  address: '192.0.2.1',
  requestId: 'r-1',
  trace: undefined,
  hungUp: new AbortController().signal,
});

test('between the items of a batch the process turns to its other requests', async () => {
  // Each item is refused by its schema, so nothing of what a handler may use is reached.
  const batch = submitBatch({ maxTextChars: 10, maxCards: 5, models: ['a/b'] });
  let turns = 0;
  let ended = false;
  const turn = (): void => {
    turns += 1;
    if (!ended) setImmediate(turn);
  };
  setImmediate(turn);
  const { body } = await batch.handler(inputOf(Array(100).fill({ text: '' })), {} as Deps);
  ended = true;
  expect((body as { items: unknown[] }).items).toHaveLength(100);
  expect(turns).toBeGreaterThanOrEqual(99);
});
