import type { Deck } from '@flashcards/shared/contract/deck';
import { AppError } from '@flashcards/shared/contract/errors';
import { type Status, isTerminal } from '@flashcards/shared/contract/job';
import type { Jobs } from '../jobs/jobs';

const WHY_NO_DECK: Readonly<Record<Status, string>> = {
  queued: 'This job is queued, so it has no deck yet.',
  running: 'This job is running, so it has no deck yet.',
  completed: 'This job has no deck.',
  failed: 'This job failed, so it has no deck.',
  canceled: 'This job was canceled, so it has no deck.',
};
export const noDeck = (status: Status): AppError => new AppError('conflict', WHY_NO_DECK[status]);

/** Formats that make sense of a deck that is still growing. */
const GROWING: ReadonlySet<string> = new Set(['json', 'jsonl']);
export const canGrow = (format: string): boolean => GROWING.has(format);
/** BCP-47 for a language that is not known. */
const UNKNOWN_LANGUAGE = 'und';

export interface GrowingDeck {
  /** Of a deck without a card yet the title is empty and the language `und`. */
  readonly deck: Deck;
  /** Number of the job's last event that was looked at: what the next read may begin after. */
  readonly last: number;
}

/**
 * The cards of a job that were kept after event number `after`, also while it runs and when it failed or was canceled.
 * @throws AppError `conflict` when it runs and `format` needs the whole deck, or when it ended without any card.
 */
export async function cardsSoFar(
  { follow }: Pick<Jobs, 'follow'>,
  { id, tenant, after, format }: { id: string; tenant: string; after: number; format: string },
): Promise<GrowingDeck> {
  const cards: Deck['cards'][number][] = [];
  let last = after;
  for (;;) {
    const page = await follow(id, tenant, last);
    if (!isTerminal(page.status) && !canGrow(format))
      throw new AppError(
        'conflict',
        `The job is ${page.status}, so its deck is not complete. Read it as json or jsonl until the job ends.`,
      );
    for (const { event } of page.events) if (event.type === 'card') cards.push(event.data);
    last = page.events.at(-1)?.number ?? Math.min(last, page.last);
    if (page.more) continue;
    if (page.complete && page.status !== 'completed' && after === 0 && cards.length === 0) throw noDeck(page.status);
    const { title = '', language = UNKNOWN_LANGUAGE } = page.deck ?? {};
    return { deck: { title, language, cards }, last };
  }
}
