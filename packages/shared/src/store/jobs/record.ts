import {
  CACHE_OUTCOMES,
  DEFAULT_OPTIONS,
  type Job,
  type JobError,
  type Options,
  STATUSES,
  type Status,
  type Submit,
  isTerminal,
} from '../../contract/job';
import type { Result, Usage } from '../../contract/deck';
import { rfc3339 } from '../../runtime/time';
import { traceIdOf } from '../../runtime/tracing/traceparent';
import { withEdits } from '../decks/edit-card';
import { type Reader, oneOf, parsed, text } from '../shape';

/** A record as Redis holds it. A waiting one is small: what is as by default is not written. */
export type Fields = ReadonlyMap<string, string>;

/** Names and values in turn, as HGETALL gives them. */
export const recordFields: Reader<Fields> = (value, name) => {
  if (!Array.isArray(value)) throw new TypeError(`A script of the store answered no list as ${name}.`);
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < value.length; i += 2) fields.set(text(value[i], name), text(value[i + 1], name));
  return fields;
};

interface PackedRequest {
  options?: Partial<Options>;
  metadata?: Readonly<Record<string, string>>;
  parent?: string;
}

/** What of a submit is not as by default, and the job it comes from, as JSON, or '' when there is nothing. */
export function packRequest(submit: Submit, parent = ''): string {
  const options = Object.entries(submit.options).filter(([name, value]) => name !== 'cards' && !isDefault(name, value));
  const packed: PackedRequest = {
    ...(options.length > 0 ? { options: Object.fromEntries(options) } : {}),
    ...(submit.metadata ? { metadata: submit.metadata } : {}),
    ...(parent ? { parent } : {}),
  };
  return Object.keys(packed).length > 0 ? JSON.stringify(packed) : '';
}

const DEFAULTS: Readonly<Record<string, unknown>> = { ...DEFAULT_OPTIONS };

function isDefault(name: string, value: unknown): boolean {
  const usual = DEFAULTS[name];
  if (!Array.isArray(usual) || !Array.isArray(value)) return usual === value;
  return usual.length === value.length && usual.every((entry, i) => entry === value[i]);
}

/** The job of which a card is made again, or ''. */
export const parentOf = (request: string): string => (request ? (parsed<PackedRequest>(request).parent ?? '') : '');

/** The submit behind a record; its class and deadline are the record's own. */
export function unpackRequest(text: string, request: string, wanted: number): Submit {
  const packed: PackedRequest = request ? parsed(request) : {};
  return {
    text,
    options: { ...DEFAULT_OPTIONS, ...packed.options, cards: wanted },
    priority: 'standard',
    deadline_seconds: 0,
    ...(packed.metadata ? { metadata: packed.metadata } : {}),
  };
}

export const NOTHING_USED: Usage = { input_tokens: 0, output_tokens: 0, cost_usd: 0, final: true };

export const readStatus = oneOf(...STATUSES);

/** The number of the job's last event: what its `ETag` is made of. */
export const sequence = (fields: Fields): number => Number(fields.get('seq') ?? 0);
/** The job as which a waiting follower is seen. */
export const leaderOf = (fields: Fields): string | undefined => fields.get('leads');
export const statusOf = (fields: Fields): Status => readStatus(fields.get('status'), 'status');

/** Where an open job stands, and what the fleet does meanwhile. */
export interface QueuePosition {
  /** 0 once it was handed to the workers. */
  readonly position: number;
  readonly slots: number;
  /** Mean time of the jobs that completed lately. */
  readonly serviceMs: number;
  /** When this was so, by Redis' clock. */
  readonly now: number;
}

/**
 * Seconds until a waiting job should have ended. While the fleet is busy it ends a job every mean time divided by its
 * slots, and the job takes its own time after that.
 */
export function etaSeconds({ position, slots, serviceMs }: Omit<QueuePosition, 'now'>): number {
  return Math.ceil(((position / Math.max(slots, 1) + 1) * serviceMs) / 1_000);
}

/** What is left of the mean time for a job that runs; never 0, because it has not ended. */
function remainingSeconds(startedAt: number, { now, serviceMs }: QueuePosition): number {
  return Math.max(1, Math.ceil((startedAt + serviceMs - now) / 1_000));
}

function etaOf(status: Status, fields: Fields, queuePosition: QueuePosition): number {
  if (isTerminal(status)) return 0;
  return status === 'running'
    ? remainingSeconds(Number(fields.get('started')), queuePosition)
    : etaSeconds(queuePosition);
}

export interface View {
  readonly id: string;
  readonly fields: Fields;
  readonly queuePosition: QueuePosition;
}

/** The job a client sees. */
export function jobOf({ id, fields, queuePosition: place }: View, resultSeconds: number): Job {
  const status = statusOf(fields);
  const time = (name: string): string | null => (fields.has(name) ? rfc3339(Number(fields.get(name))) : null);
  const trace = fields.get('trace');
  const finished = fields.get('finished');
  const stored = <T>(name: string): T | null => {
    const value = fields.get(name);
    return value ? parsed<T>(value) : null;
  };
  const made = stored<Result>('result');
  const result = made && withEdits(made, fields);
  const request = stored<PackedRequest>('request');
  return {
    id,
    status,
    created_at: rfc3339(Number(fields.get('created') ?? 0)),
    started_at: time('started'),
    finished_at: time('finished'),
    expires_at: finished ? rfc3339(Number(finished) + resultSeconds * 1_000) : null,
    attempts: Number(fields.get('attempts') ?? 0),
    progress: progressOf(status, keptOf(result, fields), fields),
    queue: { position: place.position, eta_seconds: etaOf(status, fields, place) },
    cache: CACHE_OUTCOMES.find((outcome) => outcome === fields.get('cache')) ?? 'miss',
    retry_of: fields.get('retry_of') ?? null,
    parent: request?.parent ?? null,
    trace_id: trace === undefined ? null : traceIdOf(trace),
    result,
    usage: stored<Usage>('usage') ?? NOTHING_USED,
    error: stored<JobError>('error'),
    metadata: request?.metadata ?? {},
    links: linksOf(`/v1/jobs/${id}`),
  };
}

/** A list has no result, and a record of an older version no `kept`. */
const keptOf = (result: Result | null, fields: Fields): number =>
  result?.kept ?? Number(fields.get('kept') ?? fields.get('cards') ?? 0);

const linksOf = (self: string): Job['links'] => ({
  self,
  events: `${self}/events`,
  cards: `${self}/cards`,
  cancel: `${self}/cancel`,
});

const STAGES: Readonly<Record<Status, Job['progress']['stage']>> = {
  queued: 'queued',
  running: 'generating',
  completed: 'done',
  failed: 'done',
  canceled: 'done',
};

/** How far a job is that keeps `cards` cards so far. */
export function progressOf(status: Status, cards: number, fields: Fields): Job['progress'] {
  const wanted = Number(fields.get('wanted') ?? 1);
  const ended = isTerminal(status);
  return {
    stage: STAGES[status],
    cards,
    cards_wanted: wanted,
    // Below 100 until the end: the last card is not the last thing that is done.
    percent: ended ? 100 : Math.min(95, Math.floor((cards / wanted) * 100)),
  };
}
