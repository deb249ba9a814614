import type { Logger } from '../logger';

/** Where traces go, by OpenTelemetry's names; nowhere without an endpoint. */
export interface TracingSettings {
  /** Up to and without `/v1/traces`. */
  readonly endpoint: string | undefined;
  /** `name=value,name=value`, with each value percent-encoded: what a receiver asks for, such as its key. */
  readonly headers: string | undefined;
  /** The share of traces started here that is kept, 0 to 1. One started elsewhere is kept if it is kept there. */
  readonly share: number;
  /** `api` or `worker`. */
  readonly service: string;
  readonly region: string;
}

export interface TracingEvents {
  /** Spans by what became of them: `exported`, `failed` (the receiver did not take them) or `dropped` (too many waited). */
  counted(outcome: 'exported' | 'failed' | 'dropped', spans: number): void;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Never a text, a card, a key or a URL: only what may stand in a log line. */
export type Attributes = Readonly<Record<string, string | number | boolean | string[] | undefined>>;

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'producer' | 'consumer' | 'internal';
  /** The `traceparent` of the span that it belongs to; without one a trace begins. */
  readonly parent?: string | undefined;
  /** The `traceparent` of a span of another trace, which it has to do with. */
  readonly link?: string;
  /** Milliseconds since 1970, where it began before now. */
  readonly at?: number;
  readonly attributes?: Attributes;
}

/** A step of a trace, from its start to `end`. */
export interface Span {
  /** What its own steps, on this side of a wire or on the other, have as their parent. */
  readonly traceparent: string;
  name(name: string): void;
  set(attributes: Attributes): void;
  link(traceparent: string): void;
  /** `at`: milliseconds since 1970. */
  event(name: string, attributes: Attributes, at?: number): void;
  /** `error`: one word on why it failed. */
  end(error?: string, at?: number): void;
}

/** What makes spans, where traces are on; where they are off there is none, and no span either. */
export interface Tracing {
  start(span: SpanStart): Span;
  /** Sends what is left, within two seconds. */
  close(): Promise<void>;
}
