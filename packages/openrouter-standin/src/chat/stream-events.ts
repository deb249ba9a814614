import { contentText, usageJson } from './answer';
import type { Answer, Tokens } from './answer';
import type { Model } from '../catalogue';
import type { Delivery, MidError } from './delivery';

/** One piece of a stream, and how many bytes of the model's text it carries. */
export interface Piece {
  readonly text: string;
  readonly contentBytes: number;
}

const CHUNK_UNITS = { extractive: 24, noisy: 24, canned: 400 };
export const COMMENT = ': OPENROUTER PROCESSING';

/** Cuts a text into chunks that split no surrogate pair. */
function chunksOf(text: string, units: number): string[] {
  const chunks: string[] = [];
  for (let from = 0; from < text.length;) {
    let to = Math.min(from + units, text.length);
    if ((text.charCodeAt(to) & 0xfc00) === 0xdc00) to += 1;
    chunks.push(text.slice(from, to));
    from = to;
  }
  return chunks;
}

interface ErrorEvent {
  readonly error?: object;
  readonly choices: readonly object[];
}

const failure = (code: number | string) => ({
  code,
  message: 'Provider disconnected mid-stream',
  metadata: { error_type: code === 429 ? 'rate_limit_exceeded' : 'provider_unavailable' },
});
const failedChoice = { index: 0, delta: { content: '' }, finish_reason: 'error' };

const ERROR_EVENTS: Readonly<Record<MidError['shape'], (code: number) => ErrorEvent | null>> = {
  standard: (code) => ({ error: failure(code), choices: [failedChoice] }),
  first: (code) => ({ error: failure(code), choices: [failedChoice] }),
  then_done: (code) => ({ error: failure(code), choices: [failedChoice] }),
  choices_empty: (code) => ({ error: failure(code), choices: [] }),
  code_string: () => ({ error: failure('server_error'), choices: [failedChoice] }),
  choice_error: (code) => ({ choices: [{ ...failedChoice, error: failure(code) }] }),
  close: () => null,
};

/** The events of a stream, in order: comments, content, finish, usage, `[DONE]`; or content and an error. */
export function streamPieces(id: string, model: Model, answer: Answer, tokens: Tokens, delivery: Delivery): Piece[] {
  const gap = delivery.lineEnd + delivery.lineEnd;
  const head = `data: {"id":${JSON.stringify(id)},"object":"chat.completion.chunk","created":${Math.floor(Date.now() / 1000)},"model":${JSON.stringify(answer.model)},"provider":${JSON.stringify(model.provider)},`;
  const delta = (content: string): string =>
    `${head}"choices":[{"index":0,"delta":{"content":${JSON.stringify(content)},"role":"assistant"},"finish_reason":null,"native_finish_reason":null}]}${gap}`;
  const plain = (text: string): Piece => ({ text, contentBytes: 0 });

  const pieces: Piece[] = [];
  for (let i = 0; i < delivery.comments; i += 1) pieces.push(plain(COMMENT + gap));
  for (let i = 0; i < delivery.reasoningChunks; i += 1)
    pieces.push(
      plain(
        `${head}"choices":[{"index":0,"delta":{"content":"","reasoning":"…","role":"assistant"},"finish_reason":null}]}${gap}`,
      ),
    );
  const content = chunksOf(contentText(answer.content), CHUNK_UNITS[model.content]).map((chunk): Piece => ({
    text: delta(chunk),
    contentBytes: Buffer.byteLength(chunk),
  }));
  const { midError } = delivery;
  if (midError) {
    if (midError.shape !== 'first') pieces.push(...content.slice(0, Math.ceil(content.length / 2)));
    const event = ERROR_EVENTS[midError.shape](midError.code);
    if (event) pieces.push(plain(head + JSON.stringify(event).slice(1) + gap));
    if (midError.shape === 'then_done') pieces.push(plain(`data: [DONE]${gap}`));
    return pieces;
  }
  pieces.push(...content);
  const reason = JSON.stringify(answer.finishReason);
  const refusal = answer.refusal === null ? '' : `,"refusal":${JSON.stringify(answer.refusal)}`;
  const error = answer.choiceError ? `,"error":${JSON.stringify(answer.choiceError)}` : '';
  const last = `{"index":0,"delta":{"content":"","role":"assistant"${refusal}},"finish_reason":${reason},"native_finish_reason":${reason}${error}}`;
  if (delivery.finish) pieces.push(plain(`${head}"choices":[${last}]}${gap}`));
  const usage = usageJson(model, tokens, delivery.usage);
  const choice = delivery.finish && delivery.usage !== 'empty_choices' ? last : '';
  if (usage !== undefined) pieces.push(plain(`${head}"choices":[${choice}],"usage":${JSON.stringify(usage)}}${gap}`));
  if (delivery.done) pieces.push(plain(`data: [DONE]${gap}`));
  return pieces;
}
