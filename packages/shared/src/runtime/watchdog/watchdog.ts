import { url as debuggerUrl } from 'node:inspector';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { isObject } from '../json';
import { processFields } from '../logger';

export interface WatchdogSettings {
  /** The longest that the event loop may stand still, in milliseconds. */
  readonly limitMs: number;
  readonly service: string;
  readonly region?: string;
  /** Whether the process is of no use without the one that started it. */
  readonly endsWithParent?: boolean;
}

/** What the thread gets. `beats` counts while the event loop turns. */
export interface WatchdogData {
  readonly limitMs: number;
  readonly endsWithParent: boolean;
  /** Stands in every log line of the process. */
  readonly fields: object;
  readonly beats: Int32Array;
  readonly checkMs: number;
}

export const isWatchdogData = (value: unknown): value is WatchdogData =>
  isObject(value) && value['beats'] instanceof Int32Array;

/** Of these, all in a row must find that the loop stands still. */
export const CHECKS = 12;

/**
 * Ends this process from a thread when its event loop stands still: then nothing on the loop can do it. The thread costs
 * 9 MiB in Node 20 and 19 in Node 24. A debugger stops the loop on purpose, so there is no watchdog beside one.
 */
export function startWatchdog({ limitMs, endsWithParent = false, ...process }: WatchdogSettings): void {
  if (debuggerUrl()) return;
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const checkMs = limitMs / CHECKS;
  const workerData: WatchdogData = { limitMs, endsWithParent, fields: processFields(process), beats, checkMs };
  setInterval(() => Atomics.add(beats, 0, 1), checkMs).unref();
  new Worker(join(__dirname, 'thread.js'), {
    workerData,
    // Nothing that is loaded into this process belongs into the thread.
    env: {},
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  }).unref();
}

export interface Sign {
  readonly beats: number;
  /** Process id of the parent. */
  readonly parent: number;
}
export type Stuck = 'loop_stands_still' | 'parent_gone';

/**
 * Says at each check why to end the process, if anything. It counts checks and asks no clock: a process that was frozen
 * as a whole made none, and goes on when it wakes.
 */
export function createVerdict(endsWithParent: boolean): (sign: Sign) => Stuck | undefined {
  let first: Sign | undefined;
  let last: Sign | undefined;
  let still = 0;
  return (sign) => {
    first ??= sign;
    still = last && sign.beats === last.beats ? still + 1 : 0;
    last = sign;
    if (still >= CHECKS) return ((still = 0), 'loop_stands_still');
    // A loop that turns hears of it by itself.
    return endsWithParent && still > 0 && sign.parent !== first.parent ? 'parent_gone' : undefined;
  };
}
