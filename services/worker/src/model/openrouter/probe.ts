import type { ModelProbe } from '@flashcards/shared/store/model-probe';
import { ModelError } from '../port';
import { watched } from './call-watch';
import { statusRule } from './faults';
import { objectOf, parseJson } from '@flashcards/shared/runtime/json';
import { readText } from './read-body';
import type { OpenRouterSettings } from './settings';
import { isSuccess, type Wire, type WireAnswer } from './wire';

const MAX_PROBE_CHARACTERS = 4 * 1024 * 1024;

/** Asks a page that costs nothing. Only a refused or a spent key is unhealthy. */
export async function probe(
  { privacy, timeouts }: OpenRouterSettings,
  wire: Wire,
  signal: AbortSignal,
): Promise<ModelProbe> {
  try {
    return await watched(signal, timeouts.headersMs, async (watch) => {
      // Other servers have no page on their keys, but all list their models.
      const answer = await wire.get(privacy ? '/key' : '/models', watch);
      return probeVerdict(answer, await readText(answer.body, watch, MAX_PROBE_CHARACTERS));
    });
  } catch (error) {
    return { status: 'degraded', reason: error instanceof ModelError ? error.reason : 'network' };
  }
}

function probeVerdict(answer: WireAnswer, text: string): ModelProbe {
  if (answer.status === 401) return { status: 'unhealthy', reason: 'http_401' };
  if (!isSuccess(answer)) return { status: 'degraded', reason: statusRule(answer.status).reason };
  const json = parseJson(text);
  if (json === undefined) return { status: 'degraded', reason: text.trimStart().startsWith('<') ? 'html' : 'text' };
  const left = objectOf(objectOf(json)['data'])['limit_remaining'];
  return typeof left === 'number' && left <= 0
    ? { status: 'unhealthy', reason: 'key_limit' }
    : { status: 'healthy', reason: 'ok' };
}
