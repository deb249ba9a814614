import { ModelError } from '../port';
import { FORMAT_REASONS } from './errors';

/** A way to ask for JSON. */
export interface ResponseFormat {
  readonly name: string;
  readonly format: (schema: string) => string;
  readonly requireParameters: boolean;
}

/**
 * Ways to ask for JSON, the strictest first. Each keeps the privacy keys. The last one needs nothing that an endpoint
 * could lack.
 */
export const FORMATS: readonly ResponseFormat[] = [
  {
    name: 'json_schema',
    format: (schema) =>
      `,"response_format":{"type":"json_schema","json_schema":{"name":"flashcards","strict":true,"schema":${schema}}}`,
    requireParameters: true,
  },
  { name: 'json_object', format: () => ',"response_format":{"type":"json_object"}', requireParameters: true },
  { name: 'text', format: () => '', requireParameters: false },
];

const FALLBACK_TTL_MS = 3_600_000;

export interface FormatFallback {
  /** Tries the format that worked last for this list of models, and the next one while the format is the reason. */
  fallBack<T>(key: string, attempt: (format: ResponseFormat) => Promise<T>): Promise<T>;
}

/** Falls back only when the format was the reason and nothing can have been spent. */
const mayFallBack = (error: unknown): boolean =>
  error instanceof ModelError && FORMAT_REASONS.has(error.reason) && error.billed === 'no';

/** Remembers for an hour which format a list of models needed: support comes and goes. */
export function createFormatFallback(now: () => number = Date.now): FormatFallback {
  const kept = new Map<string, { index: number; until: number }>();
  const startOf = (key: string): number => {
    const found = kept.get(key);
    return found !== undefined && found.until > now() ? found.index : 0;
  };
  return {
    async fallBack(key, attempt) {
      const start = startOf(key);
      let refusal: unknown;
      for (const [index, format] of [...FORMATS.entries()].slice(start)) {
        try {
          const result = await attempt(format);
          if (index !== start) kept.set(key, { index, until: now() + FALLBACK_TTL_MS });
          return result;
        } catch (error) {
          if (!mayFallBack(error)) throw error;
          refusal = error;
        }
      }
      throw refusal;
    },
  };
}
