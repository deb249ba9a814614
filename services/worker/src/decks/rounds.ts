import { CALLS } from '@flashcards/shared/contract/cost';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import { ModelError } from '../model/port';
import { allOrFirstError } from './all-or-first-error';
import { type AskTools, type Call, ask } from './ask';
import { type DeckInProgress, progressOf } from './deck-in-progress';
import { CallFailed } from './failures';
import type { Source } from './gate/quote';
import { type Chunk, chunkText } from './text/chunk';
import { reasonsOf, topUp } from './text/top-up';

const CHUNK_LIMITS = { maxCardsPerCall: CALLS.maxCards, maxChars: CALLS.maxChars };

/** Asks about all of the text at once, then about the parts that could yield what is missing. Returns all calls. */
export async function askInRounds(deck: DeckInProgress, tools: AskTools, signal: AbortSignal): Promise<Call[]> {
  const { run, source, gate } = deck;
  const { options } = run.submit;
  const calls: Call[] = [];
  let reasons = {};
  let chunks = chunksFor(source, options.cards - gate.kept.length);
  for (let round = 0; chunks.length > 0; round += 1) {
    const start = redisNow(run.clock);
    const questions = chunks.map((chunk) => ({ chunk, reasons }));
    const answered = await allOrFirstError(questions, signal, (one, stop) => ask(one, deck, tools, stop)).catch(
      (error: unknown) => afterFailure(error, deck, round > 0 && !signal.aborted),
    );
    calls.push(...(answered ?? []));
    for (const card of gate.fill()) tools.onCard(card, progressOf(deck));
    if (!answered) return calls.map((call) => ({ ...call, cut: true }));
    // A top-up that would end after the deadline is worth nothing.
    if (2 * redisNow(run.clock) - start >= run.deadline) break;
    reasons = reasonsOf(answered);
    chunks = topUp(answered, options.cards - gate.kept.length, round, CHUNK_LIMITS);
  }
  return calls;
}

/** What a first round brought is a deck, if not a full one: a top-up that fails does not take it away. */
function afterFailure(error: unknown, { gate, spending }: DeckInProgress, isTopUp: boolean): null {
  if (!(error instanceof ModelError)) throw error;
  if (isTopUp && gate.kept.length > 0) return null;
  // With what all calls have cost by now, also those that were stopped because of this one.
  throw new CallFailed(error, spending.usage, spending.unbilled);
}

/** The stretches to ask about, and for how many cards each: none when none is missing. */
const chunksFor = (source: Source, missing: number): Chunk[] =>
  missing <= 0
    ? []
    : chunkText(source.text, Math.ceil(missing * CALLS.requestedPerWanted), CHUNK_LIMITS, () => source.outline);
