import type Joi from 'joi';
import type { Scope } from '@flashcards/shared/security/api-key';
import type { BodyBounds } from '@flashcards/shared/contract/body-bounds';
import type { ErrorCode } from '@flashcards/shared/contract/errors';
import type { Audit } from '@flashcards/shared/runtime/audit';
import type { Logger } from '@flashcards/shared/runtime/logger';
import type { UsageStore } from '@flashcards/shared/store/accounts/usage';
import type { Caller } from '../keys/access';
import type { Cards } from '../decks/cards';
import type { DeckFiles } from '../decks/deck-files';
import type { Deliveries } from '../jobs/deliveries';
import type { Erasures } from '../jobs/erasures';
import type { Health } from '../operations/health';
import type { Jobs } from '../jobs/jobs';
import type { KeyRing } from '../keys/key-ring';
import type { Listeners } from '../jobs/streams';
import type { ApiMetrics } from '../operations/metrics';
import type { Stream } from './sse';

/** What a handler may use. */
export interface Deps {
  readonly jobs: Jobs;
  readonly cards: Cards;
  readonly deckFiles: DeckFiles;
  readonly deliveries: Deliveries;
  /** Where there are keys. */
  readonly keyRing: KeyRing | undefined;
  readonly listeners: Listeners;
  readonly usageOf: UsageStore;
  readonly erasures: Erasures;
  readonly audit: Audit;
  readonly health: Health;
  readonly metrics: ApiMetrics;
  readonly logger: Logger;
  /** The OpenAPI document as it is sent. */
  readonly openapi: () => string;
}

/** A request whose parts were validated by the endpoint's schemas. */
export interface Input<Body = unknown, Query = unknown> {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  readonly body: Body;
  readonly header: (name: string) => string | undefined;
  readonly tenant: string;
  /** Who asks; nobody on public routes. */
  readonly caller: Caller;
  /** Where from: an address, of IPv6 its /56. */
  readonly address: string;
  readonly requestId: string;
  /** The `traceparent` of what is done for it. */
  readonly trace: string | undefined;
  /** Fires when the client hangs up. */
  readonly hungUp: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as it is when it is a string or bytes with its own `Content-Type`. */
  readonly body?: unknown;
  /** Instead of a body: an answer that goes on. */
  readonly stream?: Stream;
}

export type Handler<Body = never, Query = never> = (input: Input<Body, Query>, deps: Deps) => Promise<Answer> | Answer;

/** One line of the API: everything that is known of an endpoint stands here. */
export interface Endpoint {
  readonly method: 'get' | 'post' | 'delete' | 'patch';
  /** As in OpenAPI: `/v1/jobs/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** What the caller's key must hold; `public` needs none. */
  readonly scope: Scope | 'public';
  readonly handler: Handler;
  readonly body?: Joi.Schema;
  /** The body for the document, where the door checks less than the handler. */
  readonly documentedBody?: Joi.Schema;
  /** What the body may hold, where that is not as of a single submit. */
  readonly bodyBounds?: BodyBounds;
  /** A request without a body is one with an empty object. */
  readonly bodyMayBeAbsent?: true;
  readonly query?: Joi.ObjectSchema;
  /** Request headers that mean something here, for the document. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Status -> what it says, the schema of its body, and the media types it may have instead. */
  readonly answers: Readonly<
    Record<number, { description: string; schema?: Joi.Schema; type?: string; files?: readonly string[] }>
  >;
  readonly errors: readonly ErrorCode[];
  /** Seconds the client may ask to wait, beside the two that any request may take. */
  readonly waits?: (input: Input<never, never>) => number;
}
