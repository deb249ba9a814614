#!/usr/bin/env node
import { parseArgs } from 'node:util';

import { startStandin } from './index';
import type { StandinOptions } from './index';
import { scenarioDocs } from './scenarios/scenario-docs';

const USAGE = `Usage: openrouter-standin [--port N] [--host H] [--latency-ms N] [--seed TEXT]
       openrouter-standin --scenarios
PORT is read when --port is absent; without both, port 4010.`;
const DEFAULT_PORT = 4010;

function wholeNumber(name: string, value: string, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > max)
    throw new Error(`${name} must be a whole number up to ${max}`);
  return number;
}

/** What to start, or what to print instead. */
function optionsFrom(args: string[], env: NodeJS.ProcessEnv): StandinOptions | string {
  const { values } = parseArgs({
    args,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      'latency-ms': { type: 'string' },
      seed: { type: 'string' },
      scenarios: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return USAGE;
  if (values.scenarios) return scenarioDocs();
  const latency = values['latency-ms'];
  return {
    port: wholeNumber('port', values.port ?? env['PORT'] ?? String(DEFAULT_PORT), 65_535),
    ...(values.host === undefined ? {} : { host: values.host }),
    ...(values.seed === undefined ? {} : { seed: values.seed }),
    ...(latency === undefined ? {} : { latencyMs: wholeNumber('latency-ms', latency, 600_000) }),
  };
}

async function main(): Promise<void> {
  const options = optionsFrom(process.argv.slice(2), process.env);
  if (typeof options === 'string') return void process.stdout.write(`${options}\n`);
  const standin = await startStandin(options);
  const stop = (): void => void standin.close().then(() => process.exit(0));
  // Not once: npm passes a Ctrl-C on that reached this process already, and the second would end it by force.
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // When the launcher dies the channel closes, and this process ends too.
  process.once('disconnect', stop);
  process.stdout.write(`openrouter-standin ready at ${standin.url}\n`);
  process.send?.({ ready: true, url: standin.url });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}\n`);
  process.exit(1);
});
