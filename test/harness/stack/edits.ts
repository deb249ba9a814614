import type { Job } from '@flashcards/shared/contract/job';
import { type MadeKey, bearer } from './keys';
import type { Called } from './calls';
import type { Pair } from './pair';

/** Both sides of a card as long as they may be, four bytes a character, with a number so that each edit changes them. */
const longest = (number: number): object => {
  const side = `${number} `.padEnd(8, '-') + '🜁'.repeat(1_992);
  return { front: side, back: side };
};

/** Rewrites every card of a deck to its longest form. */
export const rewriteAll = (pair: Pair, key: MadeKey, job: Job, number: number, url = pair.url): Promise<Called[]> =>
  Promise.all(
    (job.result?.deck.cards ?? []).map(({ id }) =>
      pair.call('PATCH', `/v1/jobs/${job.id}/cards/${id}`, longest(number), bearer(key), url),
    ),
  );
