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

const CALL_OVERHEAD_TOKENS = 14_000;
const MAX_CHARS_A_CALL = 3_500;
const MAX_CARDS_A_CALL = 15;
const ASKED_FOR_EACH_WANTED = 1.3;
const OUTPUT_TOKENS_A_CARD = 320;
const OUTPUT_MARGIN = 300;

/**
 * What one pass over a text may use: reserved when a job is submitted. A worker asks for more before a call that does
 * not fit, so this has to be near, and what it holds too much is free again at the job's end.
 */
export function passBound(text: string, cards: number, price: Price | null): Bound {
  const asked = Math.ceil(cards * ASKED_FOR_EACH_WANTED);
  const calls = Math.max(Math.ceil(text.length / MAX_CHARS_A_CALL), Math.ceil(asked / MAX_CARDS_A_CALL));
  const input = maxTokensOf(text) + calls * CALL_OVERHEAD_TOKENS;
  return boundOf(input, (asked + calls) * OUTPUT_TOKENS_A_CARD + calls * OUTPUT_MARGIN, price);
}
