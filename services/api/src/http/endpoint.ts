import type { Scope } from '@flashcards/shared/security/api-key';
import type { BodyBounds } from '@flashcards/shared/contract/body-bounds';
import type { ErrorCode } from '@flashcards/shared/contract/errors';
import type { AnySchema, Schema } from '@flashcards/shared/contract/schema';
import type { Audit } from '@flashcards/shared/runtime/audit';
import type { Logger } from '@flashcards/shared/runtime/logger';
import type { UsageStore } from '@flashcards/shared/store/accounts/usage';
import type { Caller } from '../keys/access';
import type { Cards } from '../decks/cards';
import type { DeckFiles } from '../decks/deck-files';
import type { Deliveries } from '../jobs/deliveries';
import type { Erasures } from '../erasure/erasures';
import type { Health } from '../operations/health';
import type { Jobs } from '../jobs/jobs';
import type { KeyRing } from '../keys/key-ring';
import type { Listeners } from '../jobs/streams';
import type { ApiMetrics } from '../operations/metrics';
import type { Pool } from './shares';
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

/** A request whose parts were validated by its endpoint's schemas. A part without a schema is undefined. */
export interface Input<Params = unknown, Query = unknown, Body = unknown> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly header: (name: string) => string | undefined;
  /** Which of these media types the client likes best; undefined where it accepts none of them. */
  readonly accepts: (types: readonly string[]) => string | undefined;
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

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: Body;
  /** Sent as it is, with its own `Content-Type`, instead of a body. */
  readonly raw?: string | Uint8Array;
  /** Instead of a body: an answer that goes on. */
  readonly stream?: Stream;
}

/** What an answer says, the schema of its body, and the media types it may have instead. */
interface DocumentedAnswer {
  readonly description: string;
  readonly schema?: AnySchema;
  readonly type?: string;
  readonly files?: readonly string[];
}
type Answers = Readonly<Record<number, DocumentedAnswer>>;
type BodyOf<A> = { [S in keyof A]: A[S] extends { readonly schema: Schema<infer T> } ? T : never }[keyof A];

type Names<Path extends string> = string extends Path
  ? string
  : Path extends `${string}{${infer Name}}${infer Rest}`
    ? Name | Names<Rest>
    : never;
/** `/v1/jobs/{id}` has `{ id: string }`. */
type Params<Path extends string> = Readonly<Record<Names<Path>, string>>;

/** One line of the API: everything that is known of an endpoint stands here. */
interface Row<Path extends string, Query, Body, A extends Answers> {
  readonly method: 'get' | 'post' | 'delete' | 'patch';
  /** As in OpenAPI: `/v1/jobs/{id}`. */
  readonly path: Path;
  readonly summary: string;
  /** What the caller's key must hold; `public` needs none. */
  readonly scope: Scope | 'public';
  readonly body?: Schema<Body>;
  /** The body for the document, where `body` checks less than the handler. */
  readonly documentedBody?: AnySchema;
  /** What the body may hold, where that is not as of a single submit. */
  readonly bodyBounds?: BodyBounds;
  /** A request without a body is one with an empty object. */
  readonly bodyMayBeAbsent?: true;
  readonly query?: Schema<Query>;
  /** Request headers that mean something here, for the document. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Status -> answer. */
  readonly answers: A;
  readonly errors: readonly ErrorCode[];
  /** Seconds the client may ask to wait, beside the two that any request may take. */
  readonly waits?: (input: Input<Params<Path>, NoInfer<Query>, NoInfer<Body>>) => number;
  /** What it holds of its tenant's share; by default one that waits holds a wait, and any other GET a read. */
  readonly pool?: (input: Input<Params<Path>, NoInfer<Query>, NoInfer<Body>>) => Pool;
  readonly handler: (
    input: Input<Params<Path>, NoInfer<Query>, NoInfer<Body>>,
    deps: Deps,
  ) => Promise<Answer<BodyOf<NoInfer<A>>>> | Answer<BodyOf<NoInfer<A>>>;
}

/** A row whose types were checked where it was written. */
export interface Endpoint extends Omit<Row<string, unknown, unknown, Answers>, 'body' | 'query' | 'handler'> {
  readonly body?: AnySchema;
  readonly query?: AnySchema;
  readonly handler: (input: Input<Params<string>>, deps: Deps) => Promise<Answer> | Answer;
}

/** A row: the handler's input follows from its path and schemas, and what it answers from its answers. */
export function endpoint<const Path extends string, A extends Answers, Query = undefined, Body = undefined>(
  row: Row<Path, Query, Body, A>,
): Endpoint;
export function endpoint(row: Endpoint): Endpoint {
  return row;
}
