import { deliveryId } from '@flashcards/shared/contract/delivery';
import type { Post } from '@flashcards/shared/queue/queues';
import type { StartedAttempt } from '@flashcards/shared/store/deliveries/delivery-store';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { Attributes, Span, Tracing } from '@flashcards/shared/runtime/tracing';
import type { ChunkRequest } from '../decks/text/top-up';
import type { Completion, CompletionRequest, OpenRouter } from '../model/openrouter/client';
import { ModelError } from '../model/model-errors';

/** The span of a run, after one for what its job waited in line. Both belong to the submit, whichever run this is. */
export function startRun(tracing: Tracing, run: Run): Span {
  const attributes = { 'flashcards.job.id': run.id };
  const parent = run.trace;
  if (run.run === 1) {
    const at = Date.now() - run.waitedMs;
    tracing.start({ name: 'wait', kind: 'internal', parent, at, attributes }).end();
  }
  return tracing.start({ name: 'run', kind: 'consumer', parent, attributes });
}

/** How a run ended, in the words of its log line. */
export function endRun(span: Span, kind: string, about: Attributes): void {
  const { run, attempt, recoveries, crashes, kept, wanted, generated, model, code, reason } = about;
  span.set({
    'flashcards.run.outcome': kind,
    'flashcards.run.number': run,
    'flashcards.run.attempt': attempt,
    'flashcards.run.recoveries': recoveries,
    'flashcards.run.crashes': crashes,
    'flashcards.cards.kept': kept,
    'flashcards.cards.wanted': wanted,
    'flashcards.cards.generated': generated,
    'flashcards.model': model,
    'flashcards.run.reason': code ?? reason,
  });
  span.end(WELL.has(kind) ? undefined : String(code ?? reason ?? kind));
}

const WELL: ReadonlySet<string> = new Set(['completed', 'handed_back', 'dropped']);

/** The span of one model call. */
export interface CallSpan {
  /** What goes along with the call. */
  readonly traceparent: string;
  completed(completion: Completion, gate: Pick<ChunkRequest, 'generated' | 'kept' | 'dropped'>): void;
  failed(error: unknown): void;
}

/** By OpenTelemetry's conventions for generative AI, without a word of what was asked or answered. */
export function startCall(
  tracing: Tracing,
  { api, models }: Pick<OpenRouter, 'api' | 'models'>,
  { model = models[0] ?? '', maxTokens }: CompletionRequest,
  parent: string | undefined,
): CallSpan {
  const startedAt = Date.now();
  const attributes = {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': api,
    'gen_ai.request.model': model,
    'gen_ai.request.max_tokens': maxTokens,
    'gen_ai.request.stream': true,
  };
  const span = tracing.start({ name: `chat ${model}`, kind: 'client', parent, at: startedAt, attributes });
  return {
    traceparent: span.traceparent,
    completed(completion, gate) {
      const { firstContentMs } = completion;
      span.event('first_token', { 'flashcards.first_content_ms': firstContentMs }, startedAt + firstContentMs);
      span.event('gate', gateFields(gate));
      span.set(completionFields(completion));
      span.end();
    },
    failed: (error) => span.end(error instanceof ModelError ? error.reason : 'internal'),
  };
}

function completionFields({
  model,
  provider,
  generationId,
  finishReason,
  usage,
  responseFormat: rung,
}: Completion): Attributes {
  return {
    'gen_ai.response.model': model,
    'gen_ai.response.id': generationId ?? undefined,
    'gen_ai.response.finish_reasons': [finishReason],
    'gen_ai.usage.input_tokens': usage.input_tokens,
    'gen_ai.usage.output_tokens': usage.output_tokens,
    'flashcards.model.cost_usd': usage.cost_usd ?? undefined,
    'flashcards.model.provider': provider ?? undefined,
    'flashcards.model.rung': rung,
  };
}

/** What the gate made of the cards of one call, which it judged while they were written. */
const gateFields = ({
  generated,
  kept,
  dropped,
}: Pick<ChunkRequest, 'generated' | 'kept' | 'dropped'>): Attributes => ({
  'flashcards.cards.generated': generated,
  'flashcards.cards.kept': kept,
  ...Object.fromEntries(
    Object.entries(dropped).map(([reason, cards]) => [`flashcards.cards.dropped.${reason}`, cards]),
  ),
});

/** The span of one attempt to deliver. It belongs to the submit, as late as it may be. */
export const startDelivery = (
  tracing: Tracing,
  { id, event, host, attempt }: Post,
  { trace, type }: StartedAttempt,
): Span =>
  tracing.start({
    name: 'deliver',
    kind: 'client',
    parent: trace,
    attributes: {
      'flashcards.job.id': id,
      'flashcards.delivery.id': deliveryId(id, event),
      'flashcards.delivery.attempt': attempt,
      'flashcards.event': type,
      'http.request.method': 'POST',
      'server.address': host.replace(/:\d+$/, ''),
    },
  });
