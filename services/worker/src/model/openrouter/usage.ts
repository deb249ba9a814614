import type { ModelUsage } from '../port';
import { isObject, type Json, objectOf } from '@flashcards/shared/runtime/json';

const count = (value: unknown): number => (Number.isInteger(value) && Number(value) > 0 ? Number(value) : 0);
const cost = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

/** A usage without a cost has an unknown cost; it is never free. */
export const usageOf = (usage: Json): ModelUsage => ({
  input_tokens: count(usage['prompt_tokens']),
  output_tokens: count(usage['completion_tokens']),
  cost_usd: cost(usage['cost']),
});

/** Reads OpenRouter's page on one call. It prefers the provider's own count of tokens. */
export function billOf(page: unknown): ModelUsage | null {
  const { data } = objectOf(page);
  if (!isObject(data) || cost(data['total_cost']) === null) return null;
  return {
    input_tokens: count(data['native_tokens_prompt'] ?? data['tokens_prompt']),
    output_tokens: count(data['native_tokens_completion'] ?? data['tokens_completion']),
    cost_usd: cost(data['total_cost']),
  };
}
