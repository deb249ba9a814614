import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { unless } from './attack';

const ROOT = join(__dirname, '../..');
const MEASURES = 20;

/** Work on one input, for a thread of its own, which can be stopped however its loop stands. */
export interface Work {
  /** CommonJS; it has `input` and `root`, the folder of the project. */
  readonly code: string;
  readonly input: unknown;
}

/** Whether a piece of work ended before ordinary work of its size had been done so many times. */
export interface Race {
  readonly ended: boolean;
}

/** Does `work` beside an `ordinary` one that is done again and again. Both are as slow as the machine is busy. */
export async function race(work: Work, ordinary: Work): Promise<Race> {
  const runner = start(work);
  let ended = false;
  const end = ending(runner).then(() => (ended = true));
  try {
    for (let i = 0; i < MEASURES && !ended; i += 1) await Promise.race([end, ending(start(ordinary))]);
    return { ended };
  } finally {
    await runner.terminate();
  }
}

export const brokenByRace = ({ ended }: Race): readonly string[] =>
  unless(ended, `ordinary work of its size ended ${MEASURES} times before it`);

const start = ({ code, input }: Work): Worker =>
  new Worker(`const { input, root } = require('node:worker_threads').workerData;\n${code}`, {
    eval: true,
    workerData: { input, root: ROOT },
  });

const ending = (thread: Worker): Promise<void> =>
  new Promise((resolve, reject) => {
    thread.once('error', reject).once('exit', () => resolve());
  });
