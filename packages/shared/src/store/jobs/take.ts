import type { Card, Usage } from '../../contract/deck';
import type { Submit } from '../../contract/job';
import { type Held, heldOf } from '../accounts/policies';
import { type ClockReading, clockReading } from '../redis-clock';
import { type Keyspace, defineGatheredScript } from '../script';
import { json, kinds, number, optional, text } from '../shape';
import { type DeckDraft, cardLines } from './log';
import { NOTHING_USED, unpackRequest } from './record';

/** Which run of which job: the fence. */
export type RunId = Pick<Run, 'id' | 'run'>;

/** A run of a job, as its worker gets it. */
export interface Run {
  readonly id: string;
  /** The fence: every later write carries it, and another run's is refused. */
  readonly run: number;
  readonly attempts: number;
  /** How often it was taken from a worker that was gone, or came back from a process that ended: in quarantine from the first on. */
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
  /** Of erasures: what this run caches is served only to submits of the same epoch. */
  readonly epoch: number;
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

const read = kinds({
  none: {},
  taken: {
    run: number,
    attempts: number,
    recoveries: number,
    crashes: number,
    tenant: text,
    request: optional(text),
    wanted: number,
    deadline: number,
    cache_key: optional(text),
    epoch: optional(number),
    created: number,
    now: number,
    usage: optional(json<Usage>()),
    draft: optional(json<DeckDraft>()),
    held: optional(text),
    trace: optional(text),
    text,
    kept: cardLines,
  },
});

/** Begins a run of a job; null when nothing of it is to be run any more. */
export function takeStep(keyspace: Keyspace): (id: string) => Promise<Run | null> {
  const take = defineGatheredScript(keyspace, 'jobs/take', {
    pack: (id: string) => [{ id }],
    behind: ['text', 'kept'],
    read,
  });
  return async (id) => {
    const taken = await take(id);
    return taken.kind === 'none' ? null : runOf(id, taken);
  };
}

type Taken = Extract<ReturnType<typeof read>, { kind: 'taken' }>;

const runOf = (id: string, taken: Taken): Run => ({
  id,
  run: taken.run,
  attempts: taken.attempts,
  recoveries: taken.recoveries,
  crashes: taken.crashes,
  tenant: taken.tenant,
  submit: unpackRequest(taken.text, taken.request ?? '', taken.wanted),
  deadline: taken.deadline,
  clock: clockReading(taken.now),
  cacheKey: taken.cache_key ?? '',
  epoch: taken.epoch ?? 0,
  waitedMs: taken.now - taken.created,
  spent: taken.usage ?? NOTHING_USED,
  kept: taken.kept,
  draft: taken.draft ?? null,
  held: heldOf(taken.held ?? ''),
  ...(taken.trace ? { trace: taken.trace } : {}),
});
