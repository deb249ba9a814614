#!/usr/bin/env node
import { run } from './command/run';
import { terminalOf } from './command/terminal';

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort());
// A reader that has enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

void run(process.argv.slice(2), process.env, terminalOf(process), interrupt.signal).then((code) => {
  process.exitCode = code;
});
