import type { Usage } from '@flashcards/shared/contract/deck';
import { NOTHING_USED } from '@flashcards/shared/store/jobs/record';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { UsageReconciliation } from './usage-reconciliation';
import { faultError } from './openrouter/faults';
import type { ModelUsage } from './port';
import { Spending } from './spending';

const BILL: ModelUsage = { input_tokens: 100, output_tokens: 20, cost_usd: 0.5 };
const run = { id: 'job', run: 3 } as unknown as Run;

function spending(...calls: (string | null)[]): Spending {
  const spent = new Spending(NOTHING_USED);
  spent.add({ input_tokens: 10, output_tokens: 2, cost_usd: 0.25 });
  for (const id of calls) spent.lost(faultError('aborted').ofCall(id));
  return spent;
}

/** A model whose bills are there after so many looks, and a record that is written once. */
function desk(after: Record<string, number>, waitsMs?: number[]) {
  const looks: string[] = [];
  const written: Usage[] = [];
  let seen = (): void => undefined;
  const recorded = new Promise<void>((resolve) => (seen = resolve));
  const reconciliation = new UsageReconciliation(
    {
      model: {
        bill: async (id) => {
          looks.push(id);
          return looks.filter((look) => look === id).length >= (after[id] ?? Infinity) ? BILL : null;
        },
      },
      store: {
        spent: async (_run, usage) => {
          written.push(usage);
          seen();
          return true;
        },
      },
      onError: (error) => {
        throw error;
      },
    },
    waitsMs,
  );
  return { reconciliation, recorded, written, looks };
}

const SHORT = [1, 1, 1, 1, 1];

test('a call that was given up leaves the cost open, and the cost of the others known', () => {
  const spent = spending('gen-1');
  expect(spent.usage).toMatchObject({ cost_usd: null, final: false });
  expect(spent.unbilled).toEqual({
    known: { input_tokens: 10, output_tokens: 2, cost_usd: 0.25, final: true },
    calls: ['gen-1'],
  });
});

test('the bills of calls that were given up are added up and written once, as final', async () => {
  const { reconciliation, recorded, written } = desk({ 'gen-1': 1, 'gen-2': 4 }, SHORT);
  reconciliation.reconcile(run, spending('gen-1', 'gen-2').unbilled);
  await recorded;
  expect(written).toEqual([{ input_tokens: 210, output_tokens: 42, cost_usd: 1.25, final: true }]);
});

test.each([
  ['a bill that never comes', 'gen-9'],
  ['a call that ended before it had an id', null],
])('%s is never waited for for ever, and the cost stays not final', async (_what, id) => {
  const { reconciliation, recorded, written, looks } = desk({}, SHORT);
  reconciliation.reconcile(run, spending(id).unbilled);
  await recorded;
  expect(written).toEqual([{ input_tokens: 10, output_tokens: 2, cost_usd: 0.25, final: false }]);
  expect(looks).toHaveLength(id === null ? 0 : SHORT.length);
});

test('a worker that ends writes what is known, and waits for nothing', async () => {
  const { reconciliation, written, looks } = desk({ 'gen-1': 1 }, [3_600_000]);
  reconciliation.reconcile(run, spending('gen-1').unbilled);
  await reconciliation.close();
  expect(looks).toEqual([]);
  expect(written).toEqual([{ input_tokens: 10, output_tokens: 2, cost_usd: 0.25, final: false }]);
});
