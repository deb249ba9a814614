import type { Card, Deck, Result } from '../../contract/deck';
import { type Numbered, cardEvent, doneEvent, progressEvent, statusEvent } from '../../contract/events';
import { type Job, type Status, isTerminal } from '../../contract/job';
import { type Reader, parsed, text } from '../shape';
import { type Fields, jobOf, leaderOf, progressOf, readStatus, sequence, statusOf } from './record';

/** The deck of a job that has not completed, beside its cards. */
export interface DeckDraft {
  readonly title: string;
  /** BCP-47. */
  readonly language: string;
  /** Cards the model wrote so far, in all runs. */
  readonly generated: number;
  /** Cards dropped so far, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** Cards of a run for its job's log. They may be sent twice: the log keeps those it does not have yet. */
export interface Added {
  /** How many cards of the job come before these, earlier runs' included. */
  readonly from: number;
  readonly cards: readonly Card[];
  readonly draft: DeckDraft;
}

/** As `log.lua` takes it: JSON has no line breaks of its own, so that one can part the cards. */
export const packAdded = (added: Added | null) =>
  added && added.cards.length > 0
    ? {
        from: added.from,
        draft: JSON.stringify(added.draft),
        cards: added.cards.map(packCard).join('\n'),
      }
    : { from: undefined, draft: undefined, cards: '' };

/** The id comes first in a card: scripts of earlier versions look for it there. */
const packCard = ({ id, ...rest }: Card): string => JSON.stringify({ id, ...rest });

/** Reads the cards of a log. */
export const cardLines: Reader<Card[]> = (value, name) => {
  const lines = text(value, name);
  return lines === '' ? [] : lines.split('\n').map((line) => parsed<Card>(line));
};

export const deckDraftOf = (packed: string | undefined): DeckDraft | null =>
  packed ? parsed<DeckDraft>(packed) : null;

/** A piece of a log, as `follow.lua` gives it. */
export interface Piece {
  readonly id: string;
  readonly fields: Fields;
  /** Index of the first of `entries`. */
  readonly first: number;
  readonly entries: readonly string[];
  /** Length of the whole log. */
  readonly length: number;
}

/** Events of a job in order, and where it stands. */
export interface Page {
  readonly events: readonly Numbered[];
  /** The job has ended, and these are all events up to its end. */
  readonly complete: boolean;
  /** There are more to read now. */
  readonly more: boolean;
  /** Number of the job's last event, whether it is on this page or not. */
  readonly last: number;
  /** Title and language of the deck, once there is a card. */
  readonly deck: Pick<Deck, 'title' | 'language'> | null;
  readonly status: Status;
  /** The job whose events these are, under which they are published: of a follower its leader. */
  readonly channel: string;
}

const nowhere = { position: 0, slots: 0, serviceMs: 0, now: 0 };
/** Number of the event that is not stored: the submit. */
const SUBMITTED = 1;

/** The events after number `after` out of a piece of the log; a completed job's piece is its whole log. Pure. */
export function pageOf({ id, fields, first, entries, length }: Piece, after: number, resultSeconds: number): Page {
  const ended = isTerminal(statusOf(fields));
  const last = sequence(fields);
  const more = first + entries.length < length;
  const job = ended ? jobOf({ id, fields, queuePosition: nowhere }, resultSeconds) : null;
  const stored = entries.map((entry, i) =>
    numbered(entry, first + i + SUBMITTED + 1, { fields, result: job?.result ?? null }),
  );
  const events = [
    { number: SUBMITTED, event: statusEvent('queued') },
    ...stored,
    ...(job && !more ? endOf(job, entries, length, last) : []),
  ].filter((one): one is Numbered => one !== null && one.number > after);
  const deck = job?.result?.deck ?? deckDraftOf(fields.get('making'));
  return {
    events,
    complete: ended && !more,
    more,
    last,
    deck,
    status: statusOf(fields),
    channel: leaderOf(fields) ?? id,
  };
}

interface LogContext {
  readonly fields: Fields;
  readonly result: Result | null;
}

const READERS: Readonly<Record<string, (rest: string, context: LogContext) => Numbered['event'] | null>> = {
  s: (status) => statusEvent(readStatus(status, 'status')),
  p: (cards, { fields }) => progressEvent(progressOf('running', Number(cards), fields)),
  c: (packed) => cardEvent(parsed<Card>(packed)),
  k: (id, { result }) => {
    const card = result?.deck.cards.find((one) => one.id === id);
    return card ? cardEvent(card) : null;
  },
};

function numbered(entry: string, number: number, context: LogContext): Numbered | null {
  const event = READERS[entry.charAt(0)]?.(entry.slice(2), context) ?? null;
  return event && { number, event };
}

/** What is not stored: the cards that only the result has, and the end. */
function endOf(job: Job, entries: readonly string[], length: number, last: number): Numbered[] {
  const logged = new Set(entries.map((entry) => entry.slice(2)));
  const rest = (job.result?.deck.cards ?? []).filter((card) => !logged.has(card.id));
  return [
    ...rest.map((card, i) => ({ number: length + SUBMITTED + 1 + i, event: cardEvent(card) })),
    { number: last, event: doneEvent(job) },
  ];
}
