/** What the fleet looks like now, as Prometheus measured it. */
export interface Signals {
  readonly waiting: number;
  readonly running: number;
  /** Jobs at once in one worker. */
  readonly slotsPerWorker: number;
  /** New jobs a second, over the last minute. */
  readonly arrivalsPerSecond: number;
  /** Mean seconds of a run. */
  readonly serviceSeconds: number;
  /** Whether the upstream asked us to slow down in the last minute. */
  readonly upstreamLimits: boolean;
}

export interface Rules {
  readonly min: number;
  readonly max: number;
  /** A backlog should be worked off within this time. */
  readonly backlogSeconds: number;
  /** Model calls at once that the upstream allows; 0 is no limit. */
  readonly callsMax: number;
}

/** Workers full to the brim have no slot for what comes next. */
const FULL = 0.8;

/**
 * How many workers there should be: enough for new jobs and to clear the backlog within its time. The rate of new jobs
 * times the service time is how many run at once. The jobs that run now keep their workers. The upstream and the bounds
 * limit the number. While the upstream limits us, more workers would only wait: no more than now.
 */
export function workersDesired(signals: Signals, current: number, rules: Rules): number {
  const { waiting, running, slotsPerWorker, arrivalsPerSecond, serviceSeconds } = signals;
  const steady = (arrivalsPerSecond * serviceSeconds) / FULL;
  const backlog = (waiting * serviceSeconds) / rules.backlogSeconds;
  const needed = Math.ceil((steady + backlog) / slotsPerWorker);
  const filled = Math.ceil(running / slotsPerWorker);
  let desired = Math.max(needed, Math.min(filled, current));
  if (rules.callsMax > 0) desired = Math.min(desired, Math.floor(rules.callsMax / slotsPerWorker));
  if (signals.upstreamLimits) desired = Math.min(desired, current);
  return Math.min(rules.max, Math.max(rules.min, desired));
}

export interface Cooldown {
  readonly outMs: number;
  readonly inMs: number;
}

/** What was desired lately, and when the number was changed last. */
export interface Memory {
  readonly desired: readonly { readonly at: number; readonly workers: number }[];
  readonly changedAt: number;
}

export const newMemory = (now: number): Memory => ({ desired: [], changedAt: now });

/** Remembers what is desired now, for as long as it can matter. */
export function remember(memory: Memory, workers: number, now: number, { inMs }: Cooldown): Memory {
  const recent = memory.desired.filter(({ at }) => now - at <= inMs);
  return { ...memory, desired: [...recent, { at: now, workers }] };
}

/**
 * The number to set now, or null to leave it. Out: to what is desired, once the last change had its effect. In: only when
 * through the whole cooldown fewer were enough, and no lower than the most that was desired in it.
 */
export function changeTo(memory: Memory, current: number, now: number, cooldown: Cooldown): number | null {
  const latest = memory.desired.at(-1)?.workers ?? current;
  const sinceChange = now - memory.changedAt;
  if (latest > current) return sinceChange >= cooldown.outMs ? latest : null;
  const max = Math.max(...memory.desired.map(({ workers }) => workers));
  return max < current && sinceChange >= cooldown.inMs ? max : null;
}
