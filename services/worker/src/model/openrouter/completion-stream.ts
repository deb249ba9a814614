import type { Readable } from 'node:stream';
import { ModelError } from '../port';
import type { CallWatch } from './call-watch';
import { CompletionReader, type Answer } from './completion-reader';
import { faultError, type Fault } from './faults';
import { parseJson } from '@flashcards/shared/runtime/json';
import { readBody, readText } from './read-body';
import type { WireAnswer } from './wire';

const MAX_JSON_CHARACTERS = 4 * 1024 * 1024;
/** After the finish reason only usage and `[DONE]` can come: neither is worth a long wait. */
const FINISH_GRACE_MS = 2_000;

const verdicts: readonly (readonly [(answer: Answer) => boolean, Fault])[] = [
  [({ finishReason: reason, choices }) => reason === null && !choices, 'no_choices'],
  [({ finishReason: reason }) => reason === null, 'no_finish'],
  [({ finishReason: reason }) => reason === 'error', 'finish_error'],
  [({ finishReason: reason }) => reason === 'content_filter', 'content_filter'],
  [({ refused }) => refused, 'refusal'],
  [({ finishReason: reason, content }) => reason !== 'length' && !content, 'blank'],
];

/**
 * What is wrong with an answer that has ended; null when it may be used. One that was cut may be: its whole cards
 * count.
 */
export const verdictOf = (answer: Answer): ModelError | null => {
  const fault = verdicts.find(([is]) => is(answer))?.[1];
  return fault === undefined ? null : faultError(fault, { usage: answer.usage });
};

const startsLike = (text: string, ...starts: string[]): boolean => starts.some((start) => text.startsWith(start));

/**
 * Reads a 200 that is no event stream: JSON (a completion or an error), events under another content type, or a page.
 */
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

/** What may break after the finish reason: the usage is lost, and the answer is not. */
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
  let finishing = false;
  const take = (text: string): boolean => {
    reader.feed(text);
    if (!finishing && reader.finishReason !== null) watch.phase(graceMs, 'hang_content');
    finishing = reader.finishReason !== null;
    return reader.done;
  };
  try {
    if (!(await readBody(body, watch, take))) reader.end();
  } catch (error) {
    if (!isHarmless(error, reader)) throw error;
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
  { body, headers }: Pick<WireAnswer, 'body' | 'headers'>,
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
  const reader = new CompletionReader({ headers, onContent: passOn });
  watch.phase(contentGapMs, 'hang_first_content');
  const read = String(headers['content-type']).includes('text/event-stream') ? readEvents : readWhole;
  await read(body, reader, watch, Math.min(contentGapMs, FINISH_GRACE_MS));
  return { answer: reader, firstContentAt };
}
