import { type CardEdit, editCard } from '@flashcards/shared/contract/card-edit';
import type { Card, Deck } from '@flashcards/shared/contract/deck';
import { AppError } from '@flashcards/shared/contract/errors';
import { type Job, MAX_FOCUS, MAX_TITLE, type Submit } from '@flashcards/shared/contract/job';
import type { CardEdits } from '@flashcards/shared/store/decks/edit-card';
import { unpackRequest } from '@flashcards/shared/store/jobs/record';
import { invalidRequest } from '../http/validate';
import type { Jobs } from '../jobs/jobs';
import { again, refusedBy } from '../jobs/refusals';
import type { Caller } from '../keys/access';
import { noDeck } from './growing-deck';

export interface EditedCard {
  readonly card: Card;
  /** The card before. */
  readonly before: Card;
  readonly rewritten: boolean;
  /** Number of the job's last event now. */
  readonly sequence: number;
}

/** What a client may say when it wants a card generated again. */
export interface Replacement {
  readonly text?: string;
  readonly focus?: string;
}

const MAX_TRIES = 5;

export type Cards = ReturnType<typeof createCards>;

/** Single cards of a deck: changing one, and asking for another in its place. */
export function createCards(jobs: Jobs, edits: CardEdits) {
  return {
    /**
     * Changes a card. Edits at the same time follow one another, each on what the other left.
     * @throws AppError `rate_limited`, `quota_exceeded`, `not_found`, `gone`, `conflict` without a deck, `invalid_request` for what the card's type forbids.
     */
    async edit(
      id: string,
      caller: Pick<Caller, 'tenant' | 'limits'>,
      cardId: string,
      edit: CardEdit,
    ): Promise<EditedCard> {
      const { tenant } = caller;
      const limits = { editsPerMinute: caller.limits.edits_per_minute, storedBytes: caller.limits.stored_bytes };
      for (let tried = 0; tried < MAX_TRIES; tried += 1) {
        const { job, sequence, fields } = await jobs.read(id, tenant);
        const { card: before } = cardOf(job, cardId);
        const edited = editCard(before, edit, { now: Date.now(), before: changedAt(before, job) });
        if (edited.kind === 'refused') throw invalidRequest(edited.errors);
        const { card, rewritten } = edited;
        if (!rewritten && card.review === before.review) return { card, before, rewritten, sequence };
        const put = await edits.put(id, tenant, card, { fields, limits });
        if (put.kind === 'kept') return { card, before, rewritten, sequence: put.number };
        if (put.kind === 'limited') throw tooManyEdits(put.retryAfterSeconds);
        if (put.kind === 'refused') throw refusedBy(put.policy, put.retryAfterSeconds);
      }
      throw new AppError('conflict', 'Others are changing this card. Read it again, then repeat the change.');
    },

    /** The job that makes another card in the place of this one. */
    async replacement(id: string, tenant: string, cardId: string, change: Replacement): Promise<Submit> {
      const { job, fields } = await jobs.read(id, tenant);
      const { card, deck } = cardOf(job, cardId);
      const { model, difficulty, answer_length } = unpackRequest('', fields.get('request') ?? '', 1).options;
      return {
        text: change.text ?? card.quote,
        options: {
          cards: 1,
          types: [card.type],
          language: deck.language,
          difficulty,
          answer_length,
          focus: focusOf(card, change),
          title: cut(deck.title, MAX_TITLE),
          tags: card.tags,
          ...(model && { model }),
        },
        priority: 'interactive',
        deadline_seconds: 600,
      };
    },
  };
}

const tooManyEdits = (retryAfterSeconds: number): AppError =>
  new AppError('rate_limited', `Too many edits in the last minute. ${again(retryAfterSeconds)}`, {
    retryAfterSeconds,
    policy: 'edits',
  });

function cardOf(job: Job, cardId: string): { card: Card; deck: Deck } {
  if (!job.result) throw noDeck(job.status);
  const { deck } = job.result;
  const card = deck.cards.find((one) => one.id === cardId);
  if (!card) throw new AppError('not_found', 'The deck has no card with this id.');
  return { card, deck };
}

const changedAt = ({ edited_at }: Card, { result, finished_at, created_at }: Job): number =>
  Date.parse(edited_at ?? result?.created_at ?? finished_at ?? created_at);

const cut = (text: string, codePoints: number): string => [...text].slice(0, codePoints).join('');

/** What to focus on: the client's own focus first, then the place in a whole text, then what is there already. */
function focusOf({ front, quote }: Card, { text, focus }: Replacement): string {
  const place = text === undefined ? '' : `About this passage: ${cut(quote, 120)}`;
  return cut([focus, place, `Ask it otherwise than: ${front}`].filter(Boolean).join('\n'), MAX_FOCUS);
}
