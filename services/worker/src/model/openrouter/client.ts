import { type Completion, type CompletionRequest, type Model, ModelError, UNKNOWN_USAGE } from '../port';
import { bill } from './bill';
import { type CallWatch, watched } from './call-watch';
import { createBody, type Body } from './completion-request';
import { readAnswer, verdictOf } from './completion-stream';
import { statusError } from './errors';
import { faultError } from './faults';
import { objectOf, parseJson } from '@flashcards/shared/runtime/json';
import { probe } from './probe';
import { readText } from './read-body';
import { createFormatFallback, type ResponseFormat } from './response-format';
import { checkSettings, type OpenRouterSettings } from './settings';
import { createWire, isSuccess, type Wire, type WireAnswer } from './wire';

const MAX_ERROR_CHARACTERS = 256 * 1024;
const ERROR_BODY_MS = 2_000;

/** A client for OpenRouter, or for another server with OpenAI's API. Throws when its settings cannot work. */
export function createOpenRouter(settings: OpenRouterSettings): Model {
  checkSettings(settings);
  const wire = createWire(settings);
  const tools: Tools = { settings, wire, bodyOf: createBody(settings) };
  const formats = createFormatFallback();
  return {
    api: settings.privacy ? 'openrouter' : 'openai',
    models: settings.models,
    async complete(request, { signal, onContent }) {
      const models = inOrder(settings.models, request.model);
      if (models === null) throw faultError('model_not_allowed');
      return watched(signal, settings.timeouts.totalMs, (watch) => {
        const call: Call = { request, models, watch, startedAt: performance.now(), onContent };
        return formats.fallBack(models.join(' '), (format) => attempt(tools, call, format));
      });
    },
    probe: (signal) => probe(settings, wire, signal),
    // Other servers have no page on a call.
    bill: (generationId, signal) => (settings.privacy ? bill(wire, generationId, signal) : Promise.resolve(null)),
    close: () => wire.close(),
  };
}

interface Tools {
  readonly settings: OpenRouterSettings;
  readonly wire: Wire;
  readonly bodyOf: Body;
}

/** What the attempts of one `complete` share. */
interface Call {
  readonly request: CompletionRequest;
  readonly models: readonly string[];
  readonly watch: CallWatch;
  readonly startedAt: number;
  readonly onContent: (delta: string) => void;
}

/** The chosen model first, then the others as its fallbacks; null when it is none of them. */
function inOrder(models: readonly string[], first: string | undefined): readonly string[] | null {
  if (first === undefined || first === models[0]) return models;
  return models.includes(first) ? [first, ...models.filter((model) => model !== first)] : null;
}

async function attempt({ settings, wire, bodyOf }: Tools, call: Call, format: ResponseFormat): Promise<Completion> {
  const { request, models, watch, startedAt, onContent } = call;
  const { headersMs, contentGapMs } = settings.timeouts;
  watch.phase(headersMs, 'hang_headers');
  const response = await wire.post('/chat/completions', bodyOf(request, models, format), request.traceparent, watch);
  if (!isSuccess(response)) throw await refusedError(response, watch);
  const { answer, firstContentAt } = await readAnswer(response, { watch, contentGapMs, onContent }).catch(
    (error: unknown): never => {
      throw error instanceof ModelError ? error.ofCall(generationIdOf(response)) : error;
    },
  );
  const verdict = verdictOf(answer);
  if (verdict !== null) throw verdict;
  const endedAt = performance.now();
  return {
    model: answer.model ?? models[0] ?? '',
    provider: answer.provider,
    generationId: answer.generationId,
    finishReason: answer.finishReason ?? 'unknown',
    usage: answer.usage ?? UNKNOWN_USAGE,
    responseFormat: format.name,
    firstContentMs: Math.round((firstContentAt ?? endedAt) - startedAt),
    durationMs: Math.round(endedAt - startedAt),
  };
}

function generationIdOf({ headers }: WireAnswer): string | null {
  const id = headers['x-generation-id'];
  return typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? id : null;
}

/** The body only refines what the status says. A body that does not come, or is cut, counts as none. */
async function refusedError({ status, body, headers }: WireAnswer, watch: CallWatch): Promise<ModelError> {
  watch.phase(ERROR_BODY_MS, 'hang_content');
  const text = await readText(body, watch, MAX_ERROR_CHARACTERS).catch(() => '');
  if (watch.fault === 'aborted') return faultError('aborted');
  return statusError(status, headers, objectOf(parseJson(text))['error']);
}
