// npm test, npm run test:faults: jest, with the Redis binary that the tests start servers of their own from.
import { availableParallelism } from 'node:os';
import { runJest } from './jest.mjs';
import { findServer } from '../local/redis.mjs';

const server = findServer();
if (!server) {
  console.error('No Redis was found to test with: apt-get install redis-server');
  process.exit(1);
}
// No test may reach a real model, let alone pay for it.
const { OPENROUTER_API_KEY: _key, OPENROUTER_API_KEY_FILE: _file, ...inherited } = process.env;
const env = {
  ...inherited,
  REDIS_SERVER: server.path,
  REDIS_SERVER_LD_LIBRARY_PATH: server.env.LD_LIBRARY_PATH ?? '',
};
// Longer suites have commands of their own.
/** @type {Record<string, string[]>} */
const SUITES = {
  test: ['unit', 'store', 'pair'],
  'test:faults': ['faults'],
  'test:attacks': ['attacks'],
  'test:browser': ['browser'],
  'test:turns': ['turns'],
};
/**
 * Commands that measure, and how many minutes they may take: one suite at a time, and thousands of inputs.
 * @type {Record<string, number>}
 */
const MEASURING_MINUTES = { 'test:attacks': 150, 'test:turns': 60 };
const command = process.argv[2] ?? 'test';
const projects = SUITES[command];
// The others choose by themselves.
const suite = projects ? ['--selectProjects', ...projects] : [];
const rest = process.argv.slice(3);
const isTest = command === 'test';
const isShort = isTest || command === 'test:floor';
// Half of their time the tests wait: on two cores jest would run one file at a time, and take half as long again.
const workers = isShort ? [`--maxWorkers=${Math.max(2, availableParallelism() - 1)}`] : [];
if (MEASURING_MINUTES[command]) workers.push('--runInBand');
const args = isTest && rest.length > 0 ? rest : [...suite, ...workers, ...rest];
process.exit(await runJest(args, { env, limitMinutes: MEASURING_MINUTES[command] ?? 14 }));
