import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Card } from '@flashcards/shared/contract/deck';
import { AnswerReader } from './answer-reader';
import { Gate } from './gate/gate';
import { Source } from './gate/quote';
import type { Pace } from './pace';

const TEXT = Array.from({ length: 60 }, (_none, i) => `The river number ${i} is ${i + 100} kilometres long.`).join(' ');
const cardOf = (i: number): object => ({
  quote: `The river number ${i} is ${i + 100} kilometres long.`,
  type: 'basic',
  front: `How long is the river number ${i}?`,
  back: `${i + 100} kilometres`,
  choices: null,
  tags: [],
});
const ANSWER = JSON.stringify({ cards: Array.from({ length: 60 }, (_none, i) => cardOf(i)) });

/** A reader, the cards that it kept, and how many turns of the event loop it took. */
function readerOf(pace: Omit<Pace, 'nextTurn'>, onCard?: (card: Card) => void) {
  const source = new Source(TEXT);
  const options = { cards: 60, types: ['basic'], language: 'auto', difficulty: 'medium', answer_length: 'medium' } as const;
  const gate = new Gate({ source, options, language: 'en', tags: [], seed: 'x' });
  const kept: Card[] = [];
  let turns = 0;
  const reader = new AnswerReader({
    gate,
    chunk: { start: 0, end: TEXT.length, cards: 60 },
    onCard: onCard ?? ((card) => kept.push(card)),
    pace: { ...pace, nextTurn: () => ((turns += 1), nextTurn()) },
  });
  return { reader, kept, turns: () => turns };
} // prettier-ignore

test('while a turn has time, the cards of a piece of an answer are there as soon as it is', () => {
  const { reader, kept, turns } = readerOf({ hasTime: () => true });
  reader.read(ANSWER.slice(0, ANSWER.length / 2));
  expect(kept.length).toBeGreaterThan(20);
  reader.read(ANSWER.slice(ANSWER.length / 2));
  expect(kept.length).toBeGreaterThan(50);
  expect(turns()).toBe(0);
});

test('an answer that comes at once is read piece by piece, with turns for others between, and to its end', async () => {
  let asked = 0;
  const { reader, kept, turns } = readerOf({ hasTime: () => (asked += 1) % 2 === 0 });
  reader.read(ANSWER);
  expect(kept).toEqual([]);
  await reader.rest();
  expect(reader.finish(false)).toMatchObject({ objects: 60, broken: 0 });
  expect(reader.generated).toBe(60);
  expect(kept.length).toBeGreaterThan(50);
  expect(turns()).toBeGreaterThan(ANSWER.length / 3_000);
});

test('what comes while an answer is read waits for its turn, so that cards keep their order', async () => {
  let asked = 0;
  const { reader, kept } = readerOf({ hasTime: () => (asked += 1) % 2 === 0 });
  for (let at = 0; at < ANSWER.length; at += 500) reader.read(ANSWER.slice(at, at + 500));
  await reader.rest();
  const starts = kept.map(({ start }) => start);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
  expect(reader.generated).toBe(60);
});

test('what fails in a later turn is for whoever waits for the end of the answer, and ends no process', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  let asked = 0;
  const broken = (): never => {
    throw new Error('a bug');
  };
  const { reader } = readerOf({ hasTime: () => (asked += 1) % 2 === 0 }, broken);
  reader.read(ANSWER);
  for (let turn = 0; turn < 10; turn += 1) await nextTurn();
  await expect(reader.rest()).rejects.toThrow('a bug');
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
