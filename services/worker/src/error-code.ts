import { objectOf } from '@flashcards/shared/runtime/json';

/** The code of an error, '' without one. Of a library's error nothing else may be kept: it can hold the key and the text. */
export function codeOf(error: unknown): string {
  const { code } = objectOf(error);
  return typeof code === 'string' ? code : '';
}
