import type { Model } from '../catalogue';
import { roundUsd } from '../ledger';

/** The model's answer, before it becomes JSON or events. */
export interface Answer {
  readonly content: string | null | readonly { type: 'text'; text: string }[];
  readonly finishReason: string | null;
  readonly refusal: string | null;
  readonly reasoning: string | null;
  /** An error beside a partial answer, inside `choices[0]`. */
  readonly choiceError: object | null;
  readonly model: string;
}

export type UsageShape = 'repeat_choice' | 'empty_choices' | 'missing' | 'null' | 'no_cost' | 'cost_null';

export interface Tokens {
  readonly prompt: number;
  readonly completion: number;
}

/** Tokens of a text: a quarter of its UTF-8 bytes, rounded up. */
export const tokensOf = (text: string): number => Math.ceil(Buffer.byteLength(text) / 4);

export const contentText = (content: Answer['content']): string =>
  content === null ? '' : typeof content === 'string' ? content : content.map(({ text }) => text).join('');

/** Cuts an answer that is longer than the caller allows, between characters. */
export function capped(answer: Answer, maxTokens: number | null): Answer {
  if (maxTokens === null || typeof answer.content !== 'string' || tokensOf(answer.content) <= maxTokens) return answer;
  const kept = new TextDecoder().decode(Buffer.from(answer.content).subarray(0, maxTokens * 4));
  return { ...answer, content: kept.replace(/\uFFFD+$/, ''), finishReason: 'length' };
}

const USAGE_CHANGES: Readonly<Record<UsageShape, (usage: object) => object | null | undefined>> = {
  repeat_choice: (usage) => usage,
  empty_choices: (usage) => usage,
  missing: () => undefined,
  null: () => null,
  no_cost: (usage) => ({ ...usage, cost: undefined, cost_details: undefined }),
  cost_null: (usage) => ({ ...usage, cost: null, cost_details: null }),
};

/** The `usage` block, or undefined when it is to be left out. */
export function usageJson(model: Model, tokens: Tokens, shape: UsageShape): object | null | undefined {
  const prompt = roundUsd(tokens.prompt * model.promptUsd);
  const completion = roundUsd(tokens.completion * model.completionUsd);
  const cost = roundUsd(tokens.prompt * model.promptUsd + tokens.completion * model.completionUsd);
  return USAGE_CHANGES[shape]({
    prompt_tokens: tokens.prompt,
    completion_tokens: tokens.completion,
    total_tokens: tokens.prompt + tokens.completion,
    cost,
    is_byok: false,
    prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
    cost_details: {
      upstream_inference_cost: cost,
      upstream_inference_prompt_cost: prompt,
      upstream_inference_completions_cost: completion,
    },
    completion_tokens_details: { reasoning_tokens: 0, image_tokens: 0, audio_tokens: 0 },
  });
}

/** The whole answer as one JSON object. */
export function resultJson(id: string, model: Model, answer: Answer, tokens: Tokens, shape: UsageShape) {
  return {
    id,
    object: 'chat.completion',
    created: Math.floor(Date.now() / 1000),
    model: answer.model,
    provider: model.provider,
    system_fingerprint: null,
    service_tier: null,
    choices: [
      {
        index: 0,
        logprobs: null,
        finish_reason: answer.finishReason,
        native_finish_reason: answer.finishReason,
        message: { role: 'assistant', content: answer.content, refusal: answer.refusal, reasoning: answer.reasoning },
        ...(answer.choiceError ? { error: answer.choiceError } : {}),
      },
    ],
    usage: usageJson(model, tokens, shape),
  };
}
