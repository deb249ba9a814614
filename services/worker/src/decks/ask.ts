import { hash, randomUUID } from 'node:crypto';
import type { Card } from '@flashcards/shared/contract/deck';
import type { Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import type { Count } from '../counts';
import { type Completion, type CompletionRequest, type Model, ModelError } from '../model/port';
import { AnswerReader } from './answer-reader';
import { type CallSpan, startCall } from './call-trace';
import { type DeckInProgress, type DeckProgress, progressOf } from './deck-in-progress';
import { buildMessages, maxTokens } from './prompt/prompt';
import { CANDIDATES_SCHEMA } from './read/candidate';
import { type Chunk, contextOf } from './text/chunk';
import type { ChunkRequest } from './text/top-up';

export interface AskTools {
  readonly model: Model;
  readonly count: (count: Count) => void;
  /** Asked before each call; throws where a budget does not allow it. */
  readonly permit: (request: CompletionRequest) => Promise<void>;
  /** Called for each card the moment it is kept, and how the deck stands with it. */
  readonly onCard: (card: Card, progress: DeckProgress) => void;
  /** Makes a span of each call, where traces are on. */
  readonly tracing: Tracing | undefined;
}

/** One stretch of the text to ask about, and why cards of it were dropped so far. */
export interface Question {
  readonly chunk: Chunk;
  readonly reasons: Readonly<Record<string, number>>;
}

/** One call that was answered, and what came of it. */
export interface Call extends ChunkRequest {
  readonly model: string;
  readonly sawCards: boolean;
}

/** One call for one stretch of the text. */
export async function ask(
  question: Question,
  deck: DeckInProgress,
  tools: AskTools,
  signal: AbortSignal,
): Promise<Call> {
  const { model, tracing, count } = tools;
  const request = requestFor(question, deck);
  const onCard = (card: Card): void => tools.onCard(card, progressOf(deck));
  const reader = new AnswerReader({ gate: deck.gate, chunk: question.chunk, onCard });
  let span: CallSpan | undefined;
  try {
    await tools.permit(request);
    span = tracing && startCall(tracing, model, request, deck.run.trace);
    const trace = span?.traceparent ?? deck.run.trace;
    const completion = await untilRead(
      reader,
      model.complete(trace ? { ...request, traceparent: trace } : request, {
        signal,
        onContent: (delta) => reader.read(delta),
      }),
    );
    count({ kind: 'call_completed', completion, trace });
    deck.spending.add(completion.usage);
    const cut = completion.finishReason !== 'stop';
    const { sawCards, broken, steps } = reader.finish(cut);
    count({ kind: 'cards_read', steps: broken > 0 ? { ...steps, broken } : steps });
    span?.completed(completion, reader);
    const { generated, kept, dropped } = reader;
    return {
      generated,
      kept,
      dropped,
      chunk: question.chunk,
      model: completion.model,
      sawCards,
      cut: cut || broken > 0,
    };
  } catch (error) {
    span?.failed(error);
    if (!(error instanceof ModelError)) throw error;
    count({ kind: 'call_failed', reason: error.reason });
    deck.spending.lost(error);
    throw error;
  }
}

/** The end of a call, when all that came of it is read. */
async function untilRead(reader: AnswerReader, call: Promise<Completion>): Promise<Completion> {
  try {
    return await call;
  } finally {
    await reader.rest();
  }
}

function requestFor({ chunk, reasons }: Question, { run, source, gate, language }: DeckInProgress): CompletionRequest {
  const { text, options } = run.submit;
  const kept = gate.kept.filter(({ start }) => start >= chunk.start && start < chunk.end).map(({ front }) => front);
  const context = contextOf(text, source.outline, chunk);
  const tag = randomUUID().slice(-12);
  return {
    messages: buildMessages({ text, chunk, options, language, cards: chunk.cards, context, kept, reasons, tag }),
    maxTokens: maxTokens(chunk.cards, language),
    schema: CANDIDATES_SCHEMA,
    user: pseudonym(run.tenant),
    ...(options.model ? { model: options.model } : {}),
  };
}

/** The same for a tenant every time, and nothing that leads back to it. */
const pseudonym = (tenant: string): string => hash('sha256', `flashcards user ${tenant}`, 'hex').slice(0, 32);
