import type { Card, Result } from '../../contract/deck';
import { cardLines, packAdded, pageOf } from './log';

const card = (n: number): Card => ({
  id: `c_00000000000${n}`,
  type: 'basic',
  front: `Line one\nof ${n}?`,
  back: 'b',
  tags: [],
  quote: 'q',
  start: n,
  end: n + 1,
});
const draft = { title: 't', language: 'en', generated: 2, dropped: {} };
const result = (cards: Card[]): Result => ({
  deck: { title: 't', language: 'en', cards },
  partial: false,
  wanted: cards.length,
  generated: cards.length,
  kept: cards.length,
  dropped: {},
  coverage: { share: 1, uncited: [] },
  model: 'm',
  prompt_version: 'v',
});
const fieldsOf = (fields: Record<string, string>) => new Map(Object.entries({ created: '0', wanted: '3', ...fields }));
const page = (fields: Record<string, string>, entries: string[], after = 0, first = 0, length = entries.length) =>
  pageOf({ id: 'job-0001', fields: fieldsOf(fields), first, entries, length }, after, 60);
const context = ({ events }: ReturnType<typeof page>) =>
  events.map(({ number, event }) => [number, event.type, event.type === 'card' ? event.data.id : '']);

test('cards travel as lines and come back as they were, with the id in front', () => {
  const cards = [{ ...card(1), id: 'c_1' }, card(2)];
  const packed = packAdded({ from: 4, cards, draft });
  expect([packed.from, JSON.parse(packed.draft ?? '')]).toEqual([4, draft]);
  expect(packed.cards.split('\n').every((line) => line.startsWith('{"id":"c_'))).toBe(true);
  expect(cardLines(packed.cards, 'kept')).toEqual(cards);
  expect(packAdded({ from: 4, cards: [], draft })).toEqual({ cards: '' });
});

test('a running job shows its submit, and then its log under growing numbers', () => {
  const entries = ['s:running', `c:${JSON.stringify(card(1))}`, 'p:1'];
  const running = page({ status: 'running', seq: '4' }, entries);
  expect(context(running)).toEqual([
    [1, 'status', ''],
    [2, 'status', ''],
    [3, 'card', card(1).id],
    [4, 'progress', ''],
  ]);
  expect(running).toMatchObject({ complete: false, more: false, last: 4 });
  expect(running.events[3]?.event.data).toEqual({ stage: 'generating', cards: 1, cards_wanted: 3, percent: 33 });
});

test('of a completed job the cards that only the result has come before the end, each card once', () => {
  const cards = [card(1), card(2), card(3)];
  const fields = { status: 'completed', finished: '5', seq: '7', result: JSON.stringify(result(cards)) };
  const entries = ['s:running', `k:${card(2).id}`, 'p:1'];
  const whole = page(fields, entries);
  expect(context(whole).slice(1)).toEqual([
    [2, 'status', ''],
    [3, 'card', card(2).id],
    [4, 'progress', ''],
    [5, 'card', card(1).id],
    [6, 'card', card(3).id],
    [7, 'done', ''],
  ]);
  expect(whole.complete).toBe(true);
  expect(JSON.stringify(whole.events.at(-1))).not.toContain('Line one');
  for (let after = 0; after <= 7; after += 1)
    expect(context(page(fields, entries, after))).toEqual(context(whole).slice(after));
});

test('a long log is read in pieces, and the end comes with the last one', () => {
  const entries = ['s:running', 'p:1', 'p:2', 'p:3'];
  const fields = { status: 'failed', finished: '5', seq: '6' };
  const first = page(fields, entries.slice(0, 2), 0, 0, 4);
  expect([first.more, first.complete, context(first).at(-1)?.[0]]).toEqual([true, false, 3]);
  const second = page(fields, entries.slice(2), 3, 2, 4);
  expect([second.more, second.complete, context(second).map(([number]) => number)]).toEqual([false, true, [4, 5, 6]]);
});
