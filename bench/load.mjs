// npm run load -- URL: the load test for operators. 50 users for 60 s post texts and wait for their decks; four targets.
// Costs what a model costs: point it at a deployment with the stand-in, or with a budget.
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../scripts/errors.mjs';

const url = (process.argv[3] ?? '').replace(/\/$/, '');
if (!/^https?:\/\//.test(url)) {
  console.error('usage: npm run load -- URL   (USERS=50 SECONDS=60 API_KEY=…)');
  process.exit(2);
}
const USERS = Number(process.env.USERS ?? 50);
const SECONDS = Number(process.env.SECONDS ?? 60);
const headers = {
  'Content-Type': 'application/json',
  Prefer: 'wait=30',
  ...(process.env.API_KEY ? { Authorization: `Bearer ${process.env.API_KEY}` } : {}),
};
const SENTENCE =
  'Photosynthesis is the process by which green plants turn light, water and carbon dioxide into sugar and oxygen. A chloroplast is the part of a plant cell in which it happens.';

/** @type {number[]} */
const latencies = [];
/** @type {Map<string, number>} */
const statuses = new Map();
const until = Date.now() + SECONDS * 1_000;
let limited = 0;

/** @param {number} number */
async function user(number) {
  for (let i = 0; Date.now() < until; i += 1) {
    const start = performance.now();
    const status = await ask(`${SENTENCE} This is note ${i} of user ${number} at ${Date.now()}.`);
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    if (status === '429') {
      limited += 1;
      await sleep(1_000);
    } else latencies.push(performance.now() - start);
  }
}

/**
 * The status of the answer, `unfinished` for a job that had not ended, or the name of what broke.
 * @param {string} text
 */
async function ask(text) {
  try {
    const response = await fetch(`${url}/v1/jobs`, { method: 'POST', headers, body: JSON.stringify({ text }) });
    const job = /** @type {{ status: string }} */ (await response.json());
    if (response.status === 200) return job.status;
    return response.status === 202 ? 'unfinished' : String(response.status);
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    return codeOf(error.cause) ?? error.name;
  }
}

await Promise.all(Array.from({ length: USERS }, (_none, i) => user(i)));
latencies.sort((a, b) => a - b);
/** @param {number} share */
const at = (share) => (latencies[Math.floor(latencies.length * share)] ?? Infinity) / 1_000;
const good = statuses.get('completed') ?? 0;
/** @type {[name: string, value: number, holds: boolean, unit: string][]} */
const targets = [
  ['p95 under 3 s', at(0.95), at(0.95) < 3, 's'],
  ['p99 under 5 s', at(0.99), at(0.99) < 5, 's'],
  ['over 100 decks/s', good / SECONDS, good / SECONDS > 100, '/s'],
  [
    'errors under 0.1 %',
    (1 - good / Math.max(latencies.length, 1)) * 100,
    good / Math.max(latencies.length, 1) > 0.999,
    '%',
  ],
];
console.log(`${USERS} users, ${SECONDS} s: ${[...statuses].map(([status, count]) => `${count} ${status}`).join(', ')}`);
for (const [name, value, holds, unit] of targets)
  console.log(`${holds ? 'holds ' : 'MISSED'} ${name.padEnd(20)} ${value.toFixed(2)} ${unit}`);
if (limited) console.log('Some answers were 429: raise RATE_LIMIT_PER_MINUTE for a load test from one address.');
process.exitCode = targets.every(([, , holds]) => holds) ? 0 : 1;
