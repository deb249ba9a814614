import type { Price } from '@flashcards/shared/contract/cost';

export interface OpenRouterSettings {
  /** Up to and without `/chat/completions`. */
  readonly baseUrl: string;
  /** Null for a server without keys. */
  readonly apiKey: string | null;
  /** One to three, the primary first; OpenRouter refuses every call with more. */
  readonly models: readonly string[];
  readonly timeouts: {
    /** To a connection that is ready, TLS included. */
    readonly connectMs: number;
    /** From the start of a call to the answer's headers. */
    readonly headersMs: number;
    /** From the headers to the first content, and between two pieces of content; comments and white space are none. */
    readonly contentGapMs: number;
    /** Of the whole call, whatever comes. */
    readonly totalMs: number;
  };
  /** True sends OpenRouter's own keys, privacy first; false is for other servers that speak OpenAI's API. */
  readonly privacy: boolean;
  /** Endpoints that cost more are not asked; with `privacy` only, which is OpenRouter's. */
  readonly maxPrice?: Price | null;
  /** The pseudonym of requests that carry none. */
  readonly user?: string;
}

const MAX_MODELS = 3;

/** @throws Error when no call could work with these settings. */
export function checkSettings({ models, baseUrl }: OpenRouterSettings): void {
  if (models.length < 1 || models.length > MAX_MODELS || models.some((model) => model.trim() === ''))
    throw new Error(`There must be 1 to ${MAX_MODELS} models`);
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    throw new Error('The base URL of the model is not an http(s) URL');
}
