import { hash, randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import type { Card, Result, Usage } from '@flashcards/shared/contract/deck';
import { fold } from '@flashcards/shared/text/fold';
import { PROMPT_VERSION } from '@flashcards/shared/contract/prompt-version';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import type { Tracing } from '@flashcards/shared/runtime/tracing';
import { redisNow } from '@flashcards/shared/store/redis-clock';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { Permit } from '../model/allowance';
import { CANDIDATES_SCHEMA } from './read/candidate';
import { type Chunk, chunkText, contextOf } from './text/chunk';
import { coverage } from './text/coverage';
import { Gate } from './gate/gate';
import { Source } from './gate/quote';
import { CardScanner } from './read/parse';
import { deckTitle } from './text/title';
import { reasonsOf, topUp, type ChunkRequest } from './text/top-up';
import { type CallSpan, startCall } from '../runs/job-trace';
import type { WorkerMetrics } from '../metrics';
import { ModelError, rule } from '../model/model-errors';
import type { Completion, OpenRouter } from '../model/openrouter/client';
import { buildMessages, maxTokens } from './prompt/prompt';
import type { RunProgress } from '../runs/run-log';
import { Spending, type Unbilled } from '../model/spending';

/** More than wanted is asked for, because the gate drops some. */
const ASKED_FOR_EACH_WANTED = 1.3;
const CHUNK_LIMITS = { maxCardsPerCall: 15, maxChars: 3_500 };
const MAX_OUTPUT_CHARS = 200_000;

export interface GenerateTools {
  readonly openRouter: OpenRouter;
  readonly metrics: WorkerMetrics;
  /** Asked before each call; throws where a budget does not allow it. */
  readonly permit: Permit;
  /** Hears of each card the moment it is kept, and how the deck stands with it. */
  readonly onCard: (card: Card, progress: RunProgress) => void;
  /** Makes a span of each call, where traces are on. */
  readonly tracing: Tracing | undefined;
}

/** No card could be kept; the message says why. */
export class NoCards extends Error {
  constructor(
    dropped: Readonly<Record<string, number>>,
    readonly usage: Usage,
  ) {
    super(`No card was kept. ${describe(dropped)}`);
  }
}

/** A model call failed; `usage` is what the job has spent all the same. */
export class CallFailed extends Error {
  constructor(
    readonly failure: ModelError,
    readonly usage: Usage,
    /** Those of its calls whose bill never came. */
    readonly unbilled: Unbilled = { known: usage, calls: [] },
  ) {
    super(failure.message);
  }
}

export interface Generated {
  readonly result: Result;
  readonly usage: Usage;
  /** Nothing is missing for a call that was cut or failed: worth keeping for who asks the same again. */
  readonly whole: boolean;
}

/**
 * THE STORY of a job: cut the text, ask for cards, read them while they are written, keep the ones that hold, and ask
 * again for what is missing.
 * @throws CallFailed when a call failed or the signal fired, NoCards when nothing was kept.
 */
export async function generate(run: Run, tools: GenerateTools, signal: AbortSignal): Promise<Generated> {
  const { text, options } = run.submit;
  const source = new Source(text);
  const language = options.language === 'auto' ? source.language : options.language;
  const gate = new Gate({ source, options, language, tags: options.tags ?? [], seed: seedOf(text) });
  gate.restore(run.kept, run.draft ?? undefined);
  const spending = new Spending(run.spent);
  const deck: DeckInProgress = {
    run,
    source,
    language,
    title: deckTitle(text, options, source.sentences[0]),
    gate,
    spending,
  };
  const calls = await askAndTopUp(deck, tools, signal);
  countCards(gate, run, tools.metrics);
  if (gate.kept.length === 0) throw emptyHanded(calls, gate.dropped, spending);

  const cards = [...gate.kept].sort((a, b) => a.start - b.start);
  const result: Result = {
    deck: { title: deck.title, language, cards },
    created_at: rfc3339(redisNow(run.clock)),
    partial: cards.length < options.cards,
    wanted: options.cards,
    generated: gate.generated,
    kept: cards.length,
    dropped: { ...gate.dropped },
    coverage: coverage(text, cards, source.sentences),
    // A run that finds every card kept already asks nobody.
    model: calls[0]?.model ?? options.model ?? tools.openRouter.models[0] ?? '',
    prompt_version: PROMPT_VERSION,
  };
  const whole = cards.length >= options.cards || calls.every(({ cut }) => !cut);
  return { result, usage: spending.usage, whole };
}

interface DeckInProgress {
  readonly run: Run;
  readonly source: Source;
  readonly language: string;
  readonly title: string;
  readonly gate: Gate;
  readonly spending: Spending;
}

/** The stretches to ask about, and for how many cards each: none when none is missing. */
const chunksFor = (source: Source, missing: number): Chunk[] =>
  missing <= 0
    ? []
    : chunkText(source.text, Math.ceil(missing * ASKED_FOR_EACH_WANTED), CHUNK_LIMITS, () => source.outline);

const progressOf = ({ title, language, gate, spending }: DeckInProgress): RunProgress => ({
  usage: spending.usage,
  draft: { title, language, generated: gate.generated, dropped: { ...gate.dropped } },
});

/** One call that was answered, and what came of it. */
interface Call extends ChunkRequest {
  readonly model: string;
  readonly sawCards: boolean;
}

/** Asks about all of the text at once, then about the parts that could yield what is missing. */
async function askAndTopUp(deck: DeckInProgress, tools: GenerateTools, signal: AbortSignal): Promise<Call[]> {
  const { run, source, gate, spending } = deck;
  const { options } = run.submit;
  const calls: Call[] = [];
  let reasons = {};
  let chunks = chunksFor(source, options.cards - gate.kept.length);
  for (let round = 0; chunks.length > 0; round += 1) {
    const start = redisNow(run.clock);
    const ask = (chunk: Chunk, stop: AbortSignal): Promise<Call> => askFor({ chunk, reasons }, deck, tools, stop);
    const answered = await allOrFirstError(chunks, signal, ask).catch((error: unknown): null => {
      if (!(error instanceof ModelError)) throw error;
      // What a first round brought is a deck, if not a full one; a top-up that fails does not take it away.
      if (round > 0 && gate.kept.length > 0 && !signal.aborted) return null;
      // With what all calls have cost by now, also those that were stopped because of this one.
      throw new CallFailed(error, spending.usage, spending.unbilled);
    });
    calls.push(...(answered ?? []));
    for (const card of gate.fill()) tools.onCard(card, progressOf(deck));
    if (!answered) return calls.map((call) => ({ ...call, cut: true }));
    // Nor does one that would end after the deadline.
    if (2 * redisNow(run.clock) - start >= run.deadline) break;
    reasons = reasonsOf(answered);
    chunks = topUp(answered, options.cards - gate.kept.length, round, CHUNK_LIMITS);
  }
  return calls;
}

/** One call for one stretch of the text; each card goes through the gate the moment its brace closes. */
async function askFor(
  { chunk, reasons }: { chunk: Chunk; reasons: Readonly<Record<string, number>> },
  deck: DeckInProgress,
  tools: GenerateTools,
  signal: AbortSignal,
): Promise<Call> {
  const { run, source, gate, language, spending } = deck;
  const scanner = new CardScanner(MAX_OUTPUT_CHARS);
  const tally = { generated: 0, kept: 0, dropped: {} as Record<string, number> };
  const offer = (candidates: readonly unknown[]): void => {
    for (const candidate of candidates) {
      const verdict = gate.offer(candidate, chunk);
      tally.generated += 1;
      if ('reason' in verdict) tally.dropped[verdict.reason] = (tally.dropped[verdict.reason] ?? 0) + 1;
      else tally.kept += 1;
      if ('card' in verdict) tools.onCard(verdict.card, progressOf(deck));
    }
  };
  const kept = gate.kept.filter(({ start }) => start >= chunk.start && start < chunk.end).map(({ front }) => front);
  const { text, options } = run.submit;
  const request = {
    messages: buildMessages({
      text, chunk, options, language, cards: chunk.cards, context: contextOf(text, source.outline, chunk), kept, reasons, tag: randomUUID().slice(-12),
    }), // prettier-ignore
    maxTokens: maxTokens(chunk.cards, language),
    schema: CANDIDATES_SCHEMA,
    user: pseudonym(run.tenant),
    ...(options.model ? { model: options.model } : {}),
  };
  let span: CallSpan | undefined;
  try {
    await tools.permit(request);
    span = tools.tracing && startCall(tools.tracing, tools.openRouter, request, run.trace);
    const traceparent = span?.traceparent ?? run.trace;
    const completion = await tools.openRouter.complete(traceparent ? { ...request, traceparent } : request, {
      signal,
      onContent: (delta) => offer(scanner.push(delta)),
    });
    count(completion, tools.metrics, traceparent);
    spending.add(completion.usage);
    const cut = completion.finishReason !== 'stop';
    const { found, sawCards, broken, steps } = scanner.finish();
    // Where the answer was cut, what looks like its end may stand in a card.
    if (!cut) offer(found);
    for (const [step, cards] of Object.entries(steps)) tools.metrics.cardsRead.labels(step).inc(cards);
    if (broken > 0) tools.metrics.cardsRead.labels('broken').inc(broken);
    span?.completed(completion, tally);
    return { ...tally, chunk, model: completion.model, sawCards, cut: cut || broken > 0 };
  } catch (error) {
    span?.failed(error);
    if (!(error instanceof ModelError)) throw error;
    tools.metrics.calls.labels(error.reason).inc();
    spending.lost(error);
    throw error;
  }
}

/** What this run kept and dropped, without what earlier ones did. */
function countCards({ kept, dropped }: Gate, run: Run, { cardsKept, cardsDropped }: WorkerMetrics): void {
  cardsKept.inc(kept.length - run.kept.length);
  for (const [reason, all] of Object.entries(dropped))
    cardsDropped.labels(reason).inc(all - (run.draft?.dropped[reason] ?? 0));
}

function count(completion: Completion, metrics: WorkerMetrics, trace: string | undefined): void {
  const { usage, finishReason, firstContentMs, durationMs } = completion;
  metrics.calls.labels(finishReason === 'stop' ? 'ok' : finishReason).inc();
  metrics.firstContent.observe(firstContentMs / 1_000, trace);
  metrics.callDuration.observe(durationMs / 1_000, trace);
  metrics.tokens.labels('input').inc(usage.input_tokens);
  metrics.tokens.labels('output').inc(usage.output_tokens);
  if (usage.cost_usd === null) metrics.costUnknown.inc();
  else metrics.cost.inc(usage.cost_usd);
}

/** Runs all at once; the first that fails stops the others, so that nothing is paid for in vain. */
async function allOrFirstError<T, R>(
  inputs: readonly T[],
  signal: AbortSignal,
  work: (input: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const [first] = inputs;
  if (inputs.length === 1) return [await work(first as T, signal)];
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one for each call, and a long text has many
  const follow = (): void => stop.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  try {
    const running = inputs.map((input) => work(input, stop.signal));
    const failures: unknown[] = [];
    for (const one of running) {
      one.catch((error: unknown) => {
        failures.push(error);
        stop.abort(error);
      });
    }
    const results = await Promise.allSettled(running);
    if (failures.length > 0) throw failures[0] as Error;
    return results.map((one) => (one as PromiseFulfilledResult<R>).value);
  } finally {
    signal.removeEventListener('abort', follow);
  }
}

function emptyHanded(calls: readonly Call[], dropped: Readonly<Record<string, number>>, spending: Spending): Error {
  if (calls.some(({ sawCards }) => sawCards)) return new NoCards(dropped, spending.usage);
  return new CallFailed(new ModelError(NO_DECK), spending.usage);
}

/** The model wrote something, and no deck. */
const NO_DECK = rule('no_deck', ['model_output_invalid', 'change', 'yes']);

const describe = (dropped: Readonly<Record<string, number>>): string => {
  const reasons = Object.entries(dropped).map(([reason, count_]) => `${reason}: ${count_}`);
  return reasons.length > 0
    ? `Dropped by reason: ${reasons.join(', ')}.`
    : 'The model found nothing to ask in this text.';
};

/** The same for a text whenever a deck is made of it. */
const seedOf = (text: string): string => hash('sha256', fold(text, 'key').text, 'base64url');

/** The same for a tenant every time, and nothing that leads back to it. */
const pseudonym = (tenant: string): string => hash('sha256', `flashcards user ${tenant}`, 'hex').slice(0, 32);
