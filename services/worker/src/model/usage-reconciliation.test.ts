import type { Usage } from '@flashcards/shared/contract/deck';
import { NOTHING_USED } from '@flashcards/shared/store/jobs/record';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { UsageReconciliation } from './usage-reconciliation';
import { faultError, type ModelUsage } from './model-errors';
import { Spending } from './spending';

const BILL: ModelUsage = { input_tokens: 100, output_tokens: 20, cost_usd: 0.5 };
const run = { id: 'job', run: 3 } as unknown as Run;

function spending(...calls: (string | null)[]): Spending {
  const spent = new Spending(NOTHING_USED);
  spent.add({ input_tokens: 10, output_tokens: 2, cost_usd: 0.25 });
  for (const id of calls) spent.lost(Object.assign(faultError('aborted'), { generationId: id }));
  return spent;
}

/** Bills that are there after so many looks. */
function desk(after: Record<string, number>) {
  const written: Usage[] = [];
  const looks: string[] = [];
  const bills = new UsageReconciliation({
    openRouter: {
      bill: async (id) => {
        looks.push(id);
        return looks.filter((look) => look === id).length >= (after[id] ?? Infinity) ? BILL : null;
      },
    },
    store: { spent: async (_run, usage) => written.push(usage) > 0 },
    onError: (error) => {
      throw error;
    },
  });
  return { bills, written, looks };
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('a call that was given up leaves the cost open, and the cost of the others known', () => {
  const spent = spending('gen-1');
  expect(spent.usage).toMatchObject({ cost_usd: null, final: false });
  expect(spent.unbilled).toEqual({
    known: { input_tokens: 10, output_tokens: 2, cost_usd: 0.25, final: true },
    calls: ['gen-1'],
  });
});

test('bills that come late are added up and written once, as final', async () => {
  const { bills, written } = desk({ 'gen-1': 1, 'gen-2': 4 });
  bills.reconcile(run, spending('gen-1', 'gen-2').unbilled);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(written).toEqual([{ input_tokens: 210, output_tokens: 42, cost_usd: 1.25, final: true }]);
});

test.each([
  ['a bill that never comes', 'gen-9'],
  ['a call that ended before it had an id', null],
])('%s is never waited for for ever, and the cost stays not final', async (_what, id) => {
  const { bills, written, looks } = desk({});
  bills.reconcile(run, spending(id).unbilled);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(written).toEqual([{ input_tokens: 10, output_tokens: 2, cost_usd: 0.25, final: false }]);
  expect(looks.length).toBeLessThanOrEqual(5);
  expect(jest.getTimerCount()).toBe(0);
});

test('a worker that ends writes what is known, and waits for nothing', async () => {
  const { bills, written } = desk({ 'gen-1': 5 });
  bills.reconcile(run, spending('gen-1').unbilled);
  await bills.close();
  expect(written).toEqual([{ input_tokens: 10, output_tokens: 2, cost_usd: 0.25, final: false }]);
});
