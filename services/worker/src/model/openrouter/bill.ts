import type { ModelUsage } from '../port';
import { watched } from './call-watch';
import { parseJson } from '@flashcards/shared/runtime/json';
import { readText } from './read-body';
import { billOf } from './usage';
import { isSuccess, type Wire } from './wire';

const BILL_MS = 10_000;
const MAX_BILL_CHARACTERS = 4 * 1024 * 1024;

/** Asks OpenRouter what one call cost; null while it does not say. */
export async function bill(wire: Wire, generationId: string, signal: AbortSignal): Promise<ModelUsage | null> {
  try {
    return await watched(signal, BILL_MS, async (watch) => {
      const answer = await wire.get(`/generation?id=${generationId}`, watch);
      const text = await readText(answer.body, watch, MAX_BILL_CHARACTERS);
      return isSuccess(answer) ? billOf(parseJson(text)) : null;
    });
  } catch {
    return null;
  }
}
