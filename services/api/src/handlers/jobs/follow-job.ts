import { AppError } from '@flashcards/shared/contract/errors';
import type { Answer, Deps, Input } from '../../http/endpoint';

export interface AfterQuery {
  readonly after?: number;
}

const HEADERS = {
  'Content-Type': 'text/event-stream; charset=utf-8',
  // nginx would gather events until its buffer is full.
  'X-Accel-Buffering': 'no',
};

/** `GET /v1/jobs/{id}/events`: the job's events after a number, as they happen, to its end; 204 when none will come. */
export async function followJob(input: Input<never, AfterQuery>, { jobs, listeners }: Deps): Promise<Answer> {
  const { id = '' } = input.params;
  const after = lastEventId(input.header('last-event-id')) ?? input.query.after ?? 0;
  const page = await jobs.follow(id, input.tenant, after);
  if (page.complete && page.events.length === 0) return { status: 204 };
  if (listeners.draining) throw new AppError('draining', 'This replica is shutting down.', { retryAfterSeconds: 1 });
  if (listeners.full) throw new AppError('overloaded', 'Too many streams are open.', { retryAfterSeconds: 10 });
  const job = { id, tenant: input.tenant, actor: input.caller.actor };
  // A number that was never given, after a Redis lost its last second, must not keep its client waiting for ever.
  return { status: 200, headers: HEADERS, stream: listeners.stream(job, Math.min(after, page.last)) };
}

/** A browser sends the number it saw last when it comes again; what it began with stays in the query. */
function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  const errors = [{ pointer: '/headers/Last-Event-ID', detail: 'must be the number of an event' }];
  throw new AppError('invalid_request', 'The Last-Event-ID cannot be used.', { errors });
}
