#!/usr/bin/env node
import { run } from './command/run';
import { terminalOf } from './command/terminal';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // A reader that closes early (`| head`) is no failure. The command reports any other.
  if (error.code === 'EPIPE') process.exit(0);
});

void run(process.argv.slice(2), process.env, terminalOf(process), interrupt.signal).then((code) => {
  process.exitCode = code;
});
