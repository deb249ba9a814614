import { check } from './checker';
import type { History, Sight, Submission } from './history';

const submission = (more: Partial<Submission> = {}): Submission => ({
  name: 'N1', outcome: 'accepted', ids: ['a'], keyed: true,
  hooked: false, erased: false, ...more,
}); // prettier-ignore
const sight = (more: Partial<Sight> = {}): Sight => ({
  id: 'a', status: 'completed', code: null, digest: 'd', kept: 1, cards: [{ id: 'c', front: 'f', quote: 'of N1' }], ...more,
}); // prettier-ignore
const history = (more: Partial<History> = {}): History => ({
  submissions: [submission()],
  sights: [sight(), sight()],
  calls: [{ name: 'N1', answered: true }],
  delivered: [],
  listed: ['a'],
  traces: [],
  canary: 0,
  counters: [{ name: 'depth', reported: 0, expected: 0 }],
  ...more,
});
const rules = (more: Partial<History>, ends = () => true) => check(history(more), ends).map(({ rule }) => rule);

test('a history in which all promises hold has no violation', () => {
  expect(check(history(), ({ status }) => status === 'completed')).toEqual([]);
});

const hooked = { submissions: [submission({ hooked: true })] };
const erased = { submissions: [submission({ erased: true })] };
const card = { id: 'c', front: 'f', quote: 'of N1' };
test.each<[string, string, Partial<History>]>([
  ['an accepted job that never ends', 'ended', { sights: [sight({ status: 'running' })] }],
  ['an accepted job that is lost', 'ended', { sights: [sight({ status: 'not_found' })] }],
  ['an accepted job that nobody saw', 'ended', { sights: [] }],
  ['an end that changes', 'once', { sights: [sight(), sight({ digest: 'other' })] }],
  ['a job that runs again after its end', 'once', { sights: [sight(), sight({ status: 'running' })] }],
  ['two jobs for one key', 'known', { submissions: [submission({ ids: ['a', 'b'] })], sights: [sight(), sight({ id: 'b' })] }],
  ['a job that nobody asked for', 'known', { listed: ['a', 'x'] }],
  ['a client with a key that is never served', 'served', { submissions: [submission({ outcome: 'unknown', ids: [] })] }],
  ['a refused job that ran', 'refused', { submissions: [submission({ outcome: 'refused', ids: [] })] }],
  ['cards of another text', 'result', { sights: [sight({ cards: [{ ...card, quote: 'of N2' }] })] }],
  ['a result without an answer', 'result', { calls: [{ name: 'N1', answered: false }] }],
  ['a card twice', 'cards', { sights: [sight({ kept: 2, cards: [card, card] })] }],
  ['a success without cards', 'cards', { sights: [sight({ kept: 0, cards: [] })] }],
  ['a card less than was kept', 'cards', { sights: [sight({ kept: 2 })] }],
  ['a trace of an erased job', 'erased', { ...erased, sights: [sight({ status: 'not_found' })], traces: ['job:a'] }],
  ['an erased job that can be read', 'erased', erased],
  ['an end that nobody was notified of', 'delivered', hooked],
  ['a webhook of another end', 'delivered', { ...hooked, delivered: [{ id: 'a', verified: true, type: 'job.failed' }] }],
  ['a webhook that does not verify', 'delivered', { ...hooked, delivered: [{ id: 'a', verified: false, type: 'job.completed' }] }],
  ['a hit where nothing may go', 'canary', { canary: 1 }],
  ['a counter that is wrong', 'counters', { counters: [{ name: 'depth', reported: 1, expected: 0 }] }],
])('%s is a violation', (_what, rule, more) => {
  expect(rules(more)).toContain(rule);
}); // prettier-ignore

test('an end that the fault does not allow is a violation', () => {
  expect(rules({ sights: [sight({ status: 'failed', code: 'internal' })] }, () => false)).toEqual(['outcome']);
});

test('a submit of which nothing is known may have made a job, or not', () => {
  const submissions = [submission(), submission({ name: 'N2', outcome: 'unknown', ids: [], keyed: false })];
  expect(rules({ submissions })).toEqual([]);
  expect(rules({ submissions, listed: ['a', 'x'] })).toEqual([]);
});
