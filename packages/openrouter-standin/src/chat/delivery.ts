import type { UsageShape } from './answer';
import type { Config } from '../config';

/** How an answer is delivered. Each fault of the connection changes this. */
export interface Delivery {
  readonly usage: UsageShape;
  /** The chunk with `finish_reason` is sent. */
  readonly finish: boolean;
  /** `data: [DONE]` is sent. */
  readonly done: boolean;
  /** What follows the last byte. */
  readonly ending: 'end' | 'hang' | 'reset';
  readonly lineEnd: '\n' | '\r\n';
  /** Comments before the first event. */
  readonly comments: number;
  /** Empty `reasoning` chunks before the first content. */
  readonly reasoningChunks: number;
  /** The body in pieces of so many bytes. Null: by event. */
  readonly pieceBytes: number | null;
  /** Wait between two pieces. */
  readonly pieceMs: number;
  /** Only so many bytes of the body are sent before `ending`. Null: all. */
  readonly cutBytes: number | null;
  /** Only the first half of the events is sent before `ending`. */
  readonly cutHalf: boolean;
  /** Blanks (JSON) or comments (SSE) every so many ms until the answer is ready; null: none. */
  readonly padMs: number | null;
  readonly midError: MidError | null;
  /** Wait in the middle of the body. */
  readonly stallMs: number;
  readonly contentType: string | null;
  /** Replaces the whole JSON body, or the whole stream. */
  readonly rewrite: ((body: string) => string) | null;
  /** How it is billed if the fault cuts the answer. */
  readonly whenLost: Config['bill_on_abort'];
  readonly whenHungUp: Config['bill_on_abort'] | null;
}

export interface MidError {
  readonly shape: 'standard' | 'choices_empty' | 'code_string' | 'choice_error' | 'close' | 'then_done' | 'first';
  readonly code: number;
}

export const plainDelivery: Delivery = {
  usage: 'repeat_choice',
  finish: true,
  done: true,
  ending: 'end',
  lineEnd: '\n',
  comments: 0,
  reasoningChunks: 0,
  pieceBytes: null,
  pieceMs: 0,
  cutBytes: null,
  cutHalf: false,
  padMs: null,
  midError: null,
  stallMs: 0,
  contentType: null,
  rewrite: null,
  whenLost: 'sent',
  whenHungUp: null,
};
