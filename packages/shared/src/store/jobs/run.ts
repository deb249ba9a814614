import type { Card, Usage } from '../../contract/deck';
import type { Submit } from '../../contract/job';
import { type DeckDraft, deckDraftOf, unpackCards } from './log';
import { type Held, heldOf } from '../accounts/policies';
import { NOTHING_USED, unpackRequest } from './record';
import { type ClockReading, clockReading } from '../redis-clock';

/** Which run of which job: the fence. */
export type RunId = Pick<Run, 'id' | 'run'>;

/** A run of a job, as its worker gets it. */
export interface Run {
  readonly id: string;
  /** The fence: every later write carries it, and another run's is refused. */
  readonly run: number;
  readonly attempts: number;
  /** How often it was taken from a worker that was gone, or came back from a process that ended: a suspect from the first on. */
  readonly recoveries: number;
  /** How often a process ended that had nothing else in it. */
  readonly crashes: number;
  readonly tenant: string;
  readonly submit: Submit;
  /** By Redis' clock. */
  readonly deadline: number;
  /** Of when it was taken. */
  readonly clock: ClockReading;
  readonly cacheKey: string;
  readonly waitedMs: number;
  /** What earlier runs of this job spent. */
  readonly spent: Usage;
  /** Cards that earlier runs kept: they stay, and only the others are missing. */
  readonly kept: readonly Card[];
  readonly draft: DeckDraft | null;
  /** What its tenant's budget holds for it; null where nothing is counted. */
  readonly held: Held | null;
  /** The `traceparent` that its steps belong to. */
  readonly trace?: string;
}

/** What the script of a take returns. */
export function runOf(id: string, taken: (string | number)[]): Run {
  const [
    run, attempts, recoveries, crashes, tenant, text, request, wanted, deadline, cacheKey, created, now, usage, draft, kept, held, trace,
  ] = taken; // prettier-ignore
  return {
    id,
    run: Number(run),
    attempts: Number(attempts),
    recoveries: Number(recoveries),
    crashes: Number(crashes),
    tenant: String(tenant),
    submit: unpackRequest(String(text), String(request), Number(wanted)),
    deadline: Number(deadline),
    clock: clockReading(Number(now)),
    cacheKey: String(cacheKey),
    waitedMs: Number(now) - Number(created),
    spent: usage ? (JSON.parse(String(usage)) as Usage) : NOTHING_USED,
    kept: unpackCards(String(kept)),
    draft: deckDraftOf(String(draft)),
    held: heldOf(String(held)),
    ...(trace ? { trace: String(trace) } : {}),
  };
}
