import type { Usage } from '@flashcards/shared/contract/deck';
import type { ModelError, ModelUsage } from './port';

/** Calls that were given up before their bill came. */
export interface Unbilled {
  /** What all other calls cost. */
  readonly known: Usage;
  /** Their ids at the model's API; null for a call that was given up before it had one. */
  readonly calls: readonly (string | null)[];
}

const sum = (usage: Usage, { input_tokens, output_tokens, cost_usd }: ModelUsage): Usage => ({
  input_tokens: usage.input_tokens + input_tokens,
  output_tokens: usage.output_tokens + output_tokens,
  cost_usd: usage.cost_usd === null || cost_usd === null ? null : usage.cost_usd + cost_usd,
  final: usage.final,
});

/** What a job's calls cost; an unknown cost stays unknown. */
export class Spending {
  usage: Usage;
  #known: Usage;
  readonly #calls: (string | null)[] = [];

  constructor(before: Usage) {
    this.usage = before;
    this.#known = before;
  }

  /** A call was answered. */
  add(cost: ModelUsage): void {
    this.usage = sum(this.usage, cost);
    this.#known = sum(this.#known, cost);
  }

  /** A call that was given up may still be billed. */
  lost({ usage, billed, generationId }: ModelError): void {
    if (billed !== 'maybe') {
      if (usage) this.add(usage);
      return;
    }
    if (usage) this.usage = sum(this.usage, usage);
    this.usage = { ...this.usage, final: false };
    this.#calls.push(generationId);
  }

  get unbilled(): Unbilled {
    return { known: this.#known, calls: [...this.#calls] };
  }
}

/** The whole cost, once the bills of the calls that were given up are in. Null stands for a bill that never came. */
export function reconciledUsage({ known }: Unbilled, bills: readonly (ModelUsage | null)[]): Usage {
  const all = bills.reduce<Usage>((usage, bill) => (bill ? sum(usage, bill) : usage), known);
  return { ...all, final: known.final && bills.every((bill) => bill !== null && bill.cost_usd !== null) };
}
