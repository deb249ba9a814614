import type { Job } from '@flashcards/shared/contract/job';
import { Pair } from '../harness/stack/pair';
import { longChinese } from '../harness/texts';

const CHARS = 200_000;

let pair: Pair;
beforeAll(async () => {
  pair = await Pair.start({ settings: { MAX_TEXT_CHARS: CHARS, MAX_CARDS: 100 } });
}, 60_000);
afterAll(() => pair.close());

test('a text of 200,000 Chinese characters gives a deck that is spread over all of it, and quotes it to the letter', async () => {
  const text = longChinese(CHARS);
  const { id } = await pair.submit({ text, options: { cards: 60 } });
  const job: Job = await pair.ended(id, 60);
  expect(job.error).toBeNull();
  expect(job.result).toMatchObject({ kept: 60, partial: false });
  const tenths = new Set<number>();
  for (const { start, end, quote } of job.result?.deck.cards ?? []) {
    expect(text.slice(start, end)).toBe(quote);
    tenths.add(Math.floor((start / CHARS) * 10));
  }
  expect(tenths.size).toBe(10);
}, 90_000);
