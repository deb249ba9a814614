import { createParser, type EventSourceParser, type ParseError } from 'eventsource-parser';
import type { ModelUsage } from '../port';
import { insideError } from './errors';
import { faultError } from './faults';
import { isObject, type Json, parseJson } from '@flashcards/shared/runtime/json';
import { usageOf } from './usage';

/** More than any completion is; a stream that never ends stops here. */
const MAX_STREAM_CHARACTERS = 32 * 1024 * 1024;
const MAX_EVENT_CHARACTERS = 1024 * 1024;
/** The longest name that we keep: others choose it, and it ends up in logs. */
const MAX_NAME_CHARACTERS = 200;

/** What a completion said so far. */
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

export interface Listeners {
  readonly headers: Json;
  /** Called for every piece of content, in order. Blank pieces are passed on and do not count as content. */
  onContent(delta: string, blank: boolean): void;
}

/** Reads a streamed completion: finds content, names, usage and errors in whatever order they come. */
export class CompletionReader implements Answer {
  model: string | null = null;
  provider: string | null = null;
  generationId: string | null;
  finishReason: string | null = null;
  usage: ModelUsage | null = null;
  content = false;
  choices = false;
  refused = false;
  done = false;
  #characters = 0;
  readonly #parser: EventSourceParser;
  readonly #listeners: Listeners;

  constructor(listeners: Listeners) {
    this.#listeners = listeners;
    this.generationId = nameOf(listeners.headers['x-generation-id']);
    this.#parser = createParser({
      maxBufferSize: MAX_EVENT_CHARACTERS,
      onEvent: ({ data }) => this.#readData(data),
      onError: ({ type }: ParseError) => {
        if (type === 'max-buffer-size-exceeded') throw faultError('too_large', this);
      },
    });
  }

  /** Takes the next text of the body, cut anywhere. Throws a ModelError, or what `onContent` throws. */
  feed(text: string): void {
    this.#characters += text.length;
    if (this.#characters > MAX_STREAM_CHARACTERS) throw faultError('too_large', this);
    const isFirst = this.#characters === text.length;
    this.#parser.feed(isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text);
  }

  /** Takes a whole body that is one JSON completion, as servers without streaming send it. */
  whole(completion: unknown): void {
    this.#readChunk(completion);
  }

  /** The body ended: an event without its empty line still counts. */
  end(): void {
    this.#parser.feed('\n\n');
  }

  #readData(data: string): void {
    if (this.done) return;
    if (data === '[DONE]') this.done = true;
    else this.#readChunk(parseJson(data));
  }

  /** The error is looked for before the choices: a chunk with an error may have none, or an empty one. */
  #readChunk(chunk: unknown): void {
    if (!isObject(chunk)) throw faultError('bad_event', this);
    if (isObject(chunk['usage'])) this.usage = usageOf(chunk['usage']);
    this.#refuse(chunk['error']);
    if (this.model === null) this.#readNames(chunk);
    const choice: unknown = Array.isArray(chunk['choices']) ? chunk['choices'][0] : null;
    if (isObject(choice)) this.#readChoice(choice);
  }

  #refuse(error: unknown): void {
    if (error != null) throw insideError(error, this.#listeners.headers, this);
  }

  #readNames(chunk: Json): void {
    this.model = nameOf(chunk['model']);
    this.provider = nameOf(chunk['provider']);
    this.generationId ??= nameOf(chunk['id']);
  }

  #readChoice(choice: Json): void {
    this.choices = true;
    const delta = choice['delta'] ?? choice['message'];
    if (isObject(delta)) this.#readDelta(delta);
    this.#refuse(choice['error']);
    const finish = nameOf(choice['finish_reason']);
    if (finish !== null) this.finishReason = FINISH_REASONS[finish.toLowerCase()] ?? 'unknown';
  }

  #readDelta(delta: Json): void {
    if (contentOf(delta['refusal']) !== '') this.refused = true;
    const text = contentOf(delta['content']);
    if (text === '') return;
    const blank = text.trim() === '';
    if (!blank) this.content = true;
    this.#listeners.onContent(text, blank);
  }
}

const nameOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value.slice(0, MAX_NAME_CHARACTERS) : null;

/** What providers call the same thing. Any other word becomes `unknown`, so that metrics keep a closed set. */
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

/** Content is a string, or a list of parts. Null and anything else is none. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}
