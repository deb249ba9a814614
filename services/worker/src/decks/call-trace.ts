import type { Attributes, Tracing } from '@flashcards/shared/runtime/tracing/tracing';
import { type Completion, type CompletionRequest, type Model, ModelError } from '../model/port';
import type { ChunkRequest } from './text/top-up';

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
  { api, models }: Pick<Model, 'api' | 'models'>,
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

const completionFields = (completion: Completion): Attributes => {
  const { model, provider, generationId, finishReason, usage, responseFormat } = completion;
  return {
    'gen_ai.response.model': model,
    'gen_ai.response.id': generationId ?? undefined,
    'gen_ai.response.finish_reasons': [finishReason],
    'gen_ai.usage.input_tokens': usage.input_tokens,
    'gen_ai.usage.output_tokens': usage.output_tokens,
    'flashcards.model.cost_usd': usage.cost_usd ?? undefined,
    'flashcards.model.provider': provider ?? undefined,
    // Dashboards know the response format by this name.
    'flashcards.model.rung': responseFormat,
  };
};

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
