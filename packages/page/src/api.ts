import { ApiError, ConnectionError, Flashcards } from '@flashcards/client';
import { createStore, keep, readJson, readStored } from './storage/stored';
import type { Words } from './words/en';

const session = (): Storage => sessionStorage;

/** The API key, if the server needs one: kept for this tab or for this device. */
let key = readStored<string | undefined>('key', undefined) ?? readStored<string | undefined>('key', undefined, session);

/** Whether the server needs a key, and whether it refused the one that was sent. */
export const keyRequested = createStore<'no' | 'missing' | 'refused'>('no');

export const hasKey = (): boolean => key !== undefined;

export function useKey(given: string, remember: boolean): void {
  key = given;
  keep('key', given, remember ? undefined : session);
  keyRequested.set('no');
}

export function forgetKey(): void {
  key = undefined;
  keep('key', null);
  keep('key', null, session);
  keyRequested.set('missing');
}

export const flashcards = new Flashcards({ apiKey: () => key });

/** What this deployment allows. The server writes it into the page. */
export interface Limits {
  readonly maxTextChars: number;
  readonly maxCards: number;
  readonly models: readonly string[];
}
export const limits = readJson<Limits>(
  document.querySelector<HTMLMetaElement>('meta[name="flashcards-limits"]')?.content ?? '{}',
);

/** What went wrong, in the reader's language, and what the server said about it. */
export interface Trouble {
  readonly what: string;
  readonly details: readonly string[];
}

/** Turns any error into words. A missing key is not an error: the page asks for it. */
export function troubleOf(error: unknown, words: Words): Trouble | undefined {
  if (error instanceof ConnectionError) return { what: words.errors['connection'] ?? '', details: [] };
  if (!(error instanceof ApiError)) return { what: words.errors['internal'] ?? '', details: [String(error)] };
  if (error.status === 401) {
    keyRequested.set(hasKey() ? 'refused' : 'missing');
    return undefined;
  }
  const fields = error.errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  const retry = error.retryAfterSeconds ? [words.retryIn(Math.ceil(error.retryAfterSeconds))] : [];
  const request = error.status >= 500 && error.requestId ? [`${words.request} ${error.requestId}`] : [];
  return { what: words.errors[error.code] ?? error.message, details: [...fields, ...retry, ...request] };
}
