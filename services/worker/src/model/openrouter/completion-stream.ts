import type { Readable } from 'node:stream';

import { createParser, type ParseError } from 'eventsource-parser';

import { readBody, readText, type CallWatch } from './completion-watch';
import { faultError, ModelError, type Fault, type ModelUsage } from '../model-errors';
import { insideError, type Headers } from './errors';

/** More than any completion is; a stream that never ends stops here. */
const MAX_STREAM_CHARACTERS = 32 * 1024 * 1024;
const MAX_EVENT_CHARACTERS = 1024 * 1024;
const MAX_JSON_CHARACTERS = 4 * 1024 * 1024;
/** After the finish reason only usage and `[DONE]` can come: neither is worth a long wait. */
const FINISH_GRACE_MS = 2_000;
/** Of names that others give us and that end up in logs. */
const MAX_NAME_CHARACTERS = 200;

/** What a stream said so far. */
export interface Answer {
  readonly model: string | null;
  readonly provider: string | null;
  readonly generationId: string | null;
  readonly finishReason: string | null;
  readonly usage: ModelUsage | null;
  /** Something other than white space came. */
  readonly content: boolean;
  readonly choices: boolean;
  readonly refused: boolean;
  /** `[DONE]` came: nothing after it matters. */
  readonly done: boolean;
}

interface CompletionReader {
  readonly answer: Answer;
  /** Takes the next text of the body, cut anywhere. Throws a ModelError, or what `onContent` throws. */
  feed(text: string): void;
  /** Takes a whole body that is one JSON completion, as servers without streaming send it. */
  whole(completion: unknown): void;
  /** The body ended: an event without its empty line still counts. */
  end(): void;
}

type Writable = { -readonly [Key in keyof Answer]: Answer[Key] };
type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const name = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME_CHARACTERS) : null;

/** Ways providers say the same; any other word becomes `unknown`, so that metrics keep a closed set. */
const FINISH_REASONS: Readonly<Record<string, string>> = {
  stop: 'stop',
  eos: 'stop',
  end_turn: 'stop',
  stop_sequence: 'stop',
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  tool_calls: 'tool_calls',
  content_filter: 'content_filter',
  safety: 'content_filter',
  error: 'error',
};
const finishReason = (value: string): string => FINISH_REASONS[value.toLowerCase()] ?? 'unknown';

const count = (value: unknown): number => (Number.isInteger(value) && Number(value) > 0 ? Number(value) : 0);
const cost = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;

/** A usage without a cost is one of unknown cost, never a free one. */
const usageOf = (usage: Json): ModelUsage => ({
  input_tokens: count(usage['prompt_tokens']),
  output_tokens: count(usage['completion_tokens']),
  cost_usd: cost(usage['cost']),
});

/** The same of OpenRouter's page on one call, which counts tokens as its provider does where it knows. */
export const billOf = (page: unknown): ModelUsage | null => {
  const data = isObject(page) && isObject(page['data']) ? page['data'] : null;
  if (data === null || cost(data['total_cost']) === null) return null;
  return {
    input_tokens: count(data['native_tokens_prompt'] ?? data['tokens_prompt']),
    output_tokens: count(data['native_tokens_completion'] ?? data['tokens_completion']),
    cost_usd: cost(data['total_cost']),
  };
};

/** Content is a string, or in principle a list of parts; null and anything else is none. */
const contentOf = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
};

interface Listeners {
  readonly headers: Headers;
  /** Every piece of content, white space too, in order; blank pieces are not content. */
  onContent(delta: string, blank: boolean): void;
}

const readDelta = (answer: Writable, delta: Json, { onContent }: Listeners): void => {
  if (contentOf(delta['refusal']) !== '') answer.refused = true;
  const text = contentOf(delta['content']);
  if (text === '') return;
  const blank = text.trim() === '';
  if (!blank) answer.content = true;
  onContent(text, blank);
};

const readChoice = (answer: Writable, choice: Json, listeners: Listeners): void => {
  answer.choices = true;
  const delta = choice['delta'] ?? choice['message'];
  if (isObject(delta)) readDelta(answer, delta, listeners);
  if (choice['error'] != null) throw insideError(choice['error'], listeners.headers, answer);
  const finish = name(choice['finish_reason']);
  if (finish !== null) answer.finishReason = finishReason(finish);
};

const readNames = (answer: Writable, chunk: Json): void => {
  answer.model = name(chunk['model']);
  answer.provider = name(chunk['provider']);
  answer.generationId ??= name(chunk['id']);
};

/** The error is looked for before anything else: a chunk that carries one may have no choices at all, or an empty one. */
const readChunk = (answer: Writable, chunk: unknown, listeners: Listeners): void => {
  if (!isObject(chunk)) throw faultError('bad_event', answer);
  if (isObject(chunk['usage'])) answer.usage = usageOf(chunk['usage']);
  if (chunk['error'] != null) throw insideError(chunk['error'], listeners.headers, answer);
  if (answer.model === null) readNames(answer, chunk);
  const choice: unknown = Array.isArray(chunk['choices']) ? chunk['choices'][0] : null;
  if (isObject(choice)) readChoice(answer, choice, listeners);
};

/** The value of a JSON text, or undefined: the parser's own error quotes the text, so it goes no further. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const readData = (answer: Writable, data: string, listeners: Listeners): void => {
  if (answer.done) return;
  if (data === '[DONE]') {
    answer.done = true;
    return;
  }
  readChunk(answer, parseJson(data), listeners);
};

/** Reads a streamed completion: finds content, names, usage and errors in whatever order they come. */
function createCompletionReader(listeners: Listeners): CompletionReader {
  const answer: Writable = {
    model: null,
    provider: null,
    generationId: name(listeners.headers['x-generation-id']),
    finishReason: null,
    usage: null,
    content: false,
    choices: false,
    refused: false,
    done: false,
  };
  let characters = 0;
  const tooLarge = (): ModelError => faultError('too_large', answer);
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ data }) => readData(answer, data, listeners),
    onError: ({ type }: ParseError) => {
      if (type === 'max-buffer-size-exceeded') throw tooLarge();
    },
  });
  return {
    answer,
    feed(text) {
      characters += text.length;
      if (characters > MAX_STREAM_CHARACTERS) throw tooLarge();
      parser.feed(characters === text.length && text.startsWith('\uFEFF') ? text.slice(1) : text);
    },
    whole: (completion) => readChunk(answer, completion, listeners),
    end: () => parser.feed('\n\n'),
  };
}

const verdicts: readonly (readonly [(answer: Answer) => boolean, Fault])[] = [
  [({ finishReason: reason, choices }) => reason === null && !choices, 'no_choices'],
  [({ finishReason: reason }) => reason === null, 'no_finish'],
  [({ finishReason: reason }) => reason === 'error', 'finish_error'],
  [({ finishReason: reason }) => reason === 'content_filter', 'content_filter'],
  [({ refused }) => refused, 'refusal'],
  [({ finishReason: reason, content }) => reason !== 'length' && !content, 'blank'],
];

/** What is wrong with an answer that has ended; null when it may be used. A cut one (`length`) may: its whole cards count. */
export const verdictOf = (answer: Answer): ModelError | null => {
  const fault = verdicts.find(([is]) => is(answer))?.[1];
  return fault === undefined ? null : faultError(fault, { usage: answer.usage });
};

const startsLike = (text: string, ...starts: string[]): boolean => starts.some((start) => text.startsWith(start));

/** A 200 that is no event stream: a whole completion or an error as JSON, events under another name, or a page. */
async function readWhole(body: Readable, reader: CompletionReader, watch: CallWatch): Promise<void> {
  const text = (await readText(body, watch, MAX_JSON_CHARACTERS)).replace(/^\uFEFF/, '').trim();
  const json = parseJson(text);
  if (text === '') throw faultError('empty_body');
  if (startsLike(text, '<')) throw faultError('html');
  if (json !== undefined) return reader.whole(json);
  if (!startsLike(text, 'data:', ':', 'event:')) throw faultError('text');
  reader.feed(text);
  reader.end();
}

/** What may break after the finish reason came: it costs us the bill, not the answer. */
const HARMLESS_AFTER_FINISH: ReadonlySet<string> = new Set<Fault>([
  'reset',
  'bad_http',
  'network',
  'hang_content',
  'deadline',
  'bad_event',
]);
const isHarmless = (error: unknown, { finishReason }: Answer): boolean =>
  error instanceof ModelError && finishReason !== null && HARMLESS_AFTER_FINISH.has(error.reason);

/** Reads events until `[DONE]`, or the end. */
async function readEvents(body: Readable, reader: CompletionReader, watch: CallWatch, graceMs: number): Promise<void> {
  const { answer } = reader;
  let finishing = false;
  const take = (text: string): boolean => {
    reader.feed(text);
    if (!finishing && answer.finishReason !== null) watch.phase(graceMs, 'hang_content');
    finishing = answer.finishReason !== null;
    return answer.done;
  };
  try {
    if (!(await readBody(body, watch, take))) reader.end();
  } catch (error) {
    if (!isHarmless(error, answer)) throw error;
  }
}

export interface ReadOptions {
  readonly watch: CallWatch;
  readonly contentGapMs: number;
  readonly onContent: (delta: string) => void;
}

/**
 * Reads one successful answer, of whatever content type, under the deadlines. `firstContentAt` is on the clock of
 * `performance.now`. Rejects with a ModelError, or with what `onContent` threw.
 */
export async function readAnswer(
  { data, headers }: { readonly data: Readable; readonly headers: Headers },
  { watch, contentGapMs, onContent }: ReadOptions,
): Promise<{ answer: Answer; firstContentAt: number | null }> {
  let firstContentAt: number | null = null;
  const passOn = (delta: string, blank: boolean): void => {
    onContent(delta);
    if (blank) return;
    if (firstContentAt !== null) return watch.progress();
    firstContentAt = performance.now();
    watch.phase(contentGapMs, 'hang_content');
  };
  const reader = createCompletionReader({ headers, onContent: passOn });
  watch.phase(contentGapMs, 'hang_first_content');
  const read = String(headers['content-type']).includes('text/event-stream') ? readEvents : readWhole;
  await read(data, reader, watch, Math.min(contentGapMs, FINISH_GRACE_MS));
  return { answer: reader.answer, firstContentAt };
}
