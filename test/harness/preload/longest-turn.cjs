// Loaded into a service by `npm run test:turns` (`NODE_OPTIONS=--require`). On SIGUSR2 it says for how long one turn of
// the event loop held the processor since it was asked last. It counts the thread's own time: on a busy machine a clock
// would count its neighbours.
const { openSync, readSync, writeSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

const EVERY_MS = 1;
const STDERR = 2;

if (isMainThread) {
  const stat = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
  const read = Buffer.alloc(64);
  /** Milliseconds that this thread has run. */
  const ranMs = () => Number(read.toString('latin1', 0, readSync(stat, read, 0, 64, 0)).split(' ', 1)[0]) / 1e6;
  let before = ranMs();
  let longest = 0;
  const look = () => {
    const now = ranMs();
    longest = Math.max(longest, now - before);
    before = now;
  };
  setInterval(look, EVERY_MS).unref();
  process.on('SIGUSR2', () => {
    look();
    writeSync(STDERR, `${JSON.stringify({ event: 'turns.measured', longest_ms: longest })}\n`);
    longest = 0;
  });
}
