import { writeSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { type Stuck, type WatchdogData, createVerdict, isWatchdogData } from './watchdog';

// The thread of the watchdog. It sleeps without an event loop of its own.

const STDERR = 2;

function report(reason: Stuck, { fields, limitMs }: WatchdogData): void {
  const line = { time: new Date().toISOString(), level: 'error', event: 'loop.stuck', ...fields, reason };
  try {
    writeSync(STDERR, `${JSON.stringify({ ...line, limit_ms: limitMs })}\n`);
  } catch {
    // Nobody reads it, or the pipe is full: that keeps no process.
  }
}

function watch(data: WatchdogData): never {
  const verdict = createVerdict(data.endsWithParent);
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (;;) {
    Atomics.wait(pause, 0, 0, data.checkMs);
    const reason = verdict({ beats: Atomics.load(data.beats, 0), parent: process.ppid });
    if (!reason) continue;
    report(reason, data);
    // Exit code 142, where SIGKILL's would look like memory that ran out. It leaves no core with texts in it.
    process.kill(process.pid, 'SIGALRM');
  }
}

const data: unknown = workerData;
if (isWatchdogData(data)) watch(data);
