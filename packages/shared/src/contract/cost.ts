/** What a model call may use at most. Money is whole nano-dollars. */
export interface Bound {
  readonly tokens: number;
  readonly nano: number;
}

/** The dearest price that may be paid, in US dollars for a million tokens, of the input and of the output. */
export interface Price {
  readonly input: number;
  readonly output: number;
}

const NUMBER = '\\d{1,6}(?:\\.\\d{1,6})?';
const PRICE = new RegExp(`^(${NUMBER}),(${NUMBER})$`);

/** Reads `input,output`; throws what the rule is. */
export function parsePrice(text: string): Price | null {
  if (text === '') return null;
  const [, input, output] = PRICE.exec(text) ?? [];
  if (input !== undefined) return { input: Number(input), output: Number(output) };
  throw new Error('must be two prices, of a million tokens of input and of output: 0.5,2');
}

export const NANO = 1e9;

/** What so many tokens cost at most. Dollars for a million tokens are thousands of nano-dollars for one. */
export const boundOf = (input: number, output: number, price: Price | null): Bound => ({
  tokens: input + output,
  nano: price ? Math.ceil((input * price.input + output * price.output) * 1_000) : 0,
});

/** No tokenizer makes more tokens of a text than it has bytes of UTF-8. */
export const maxTokensOf = (text: string): number => Buffer.byteLength(text);

/** How a worker divides a text into calls, and what it allows each. A submit reserves by the same numbers. */
export const CALLS = {
  maxChars: 3_500,
  maxCards: 15,
  /** More cards are requested than wanted, since some are dropped. */
  requestedPerWanted: 1.3,
  /** Chinese, Japanese and Korean need more tokens for the same content. */
  outputTokensPerCard: { wide: 320, narrow: 250 },
  outputMargin: 300,
} as const;
const CALL_OVERHEAD_TOKENS = 14_000;

/**
 * What one pass over a text may use, reserved at the submit. A worker reserves more before a call that does not fit, so
 * an estimate is enough. What is left is released at the end of the job.
 */
export function passBound(text: string, cards: number, price: Price | null): Bound {
  const requested = Math.ceil(cards * CALLS.requestedPerWanted);
  const calls = Math.max(Math.ceil(text.length / CALLS.maxChars), Math.ceil(requested / CALLS.maxCards));
  const input = maxTokensOf(text) + calls * CALL_OVERHEAD_TOKENS;
  const output = (requested + calls) * CALLS.outputTokensPerCard.wide + calls * CALLS.outputMargin;
  return boundOf(input, output, price);
}
