// Named checks, one line each; a check that cannot be run here says why and never counts as passed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../scripts/errors.mjs';

export class NotRun extends Error {}

/**
 * @typedef {'passed' | 'failed' | 'not run'} Outcome
 * @typedef {{ part: string, title: string, outcome: Outcome, seconds: number, detail: string, load: number }} Done
 */

const LIMIT_SECONDS = 900;
const WORDS = { passed: 'ok     ', failed: 'FAILED ', 'not run': 'not run' };
/** @type {Done[]} */
const done = [];
/** @type {{ part: string, seconds: number }[]} */
const parts = [];
let part = '';
/** The check that the rest of its part stands on, once it failed. */
let fallen = '';

let halted = false;
/** No check goes on: what was started is about to be removed. */
export const halt = () => (halted = true);
/**
 * A failure that no check waits for.
 * @param {unknown} error
 */
export const noteStray = (error) => void add('no failure goes unseen', 'failed', messageOf(error), Date.now());

/** @type {RegExp | undefined} */
let pattern;
/**
 * Leaves out checks whose title does not match, but those that the others stand on.
 * @param {string | undefined} text
 */
export function only(text) {
  pattern = text ? new RegExp(text) : undefined;
}

/**
 * A part is a row of checks; what breaks between them is a failed check too, and the next part runs.
 * @param {string} name
 * @param {() => Promise<void>} work
 */
export async function inPart(name, work) {
  [part, fallen] = [name, ''];
  console.log(`\n${name}`);
  const start = Date.now();
  try {
    await work();
  } catch (error) {
    await add(`the part ${name} runs to its end`, 'failed', messageOf(error), start);
  }
  parts.push({ part, seconds: secondsSince(start) });
}

/**
 * `always`: the others of this part stand on it; when it fails they are not run. `work` may give figures to show.
 * @param {string} title
 * @param {() => Promise<string | void>} work
 */
export async function check(title, work, { always = false } = {}) {
  if (pattern && !always && !pattern.test(title)) return;
  const start = Date.now();
  if (fallen) return add(title, 'not run', `"${fallen}" failed`, start);
  try {
    const figures = await within(work());
    await add(title, 'passed', typeof figures === 'string' ? figures : '', start);
  } catch (error) {
    if (always) fallen = title;
    return add(title, error instanceof NotRun ? 'not run' : 'failed', messageOf(error), start);
  }
}

/**
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
function within(work) {
  /** @type {NodeJS.Timeout} */
  let timer;
  /** @type {Promise<never>} */
  const limit = new Promise((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`not over after ${LIMIT_SECONDS} s`)), LIMIT_SECONDS * 1_000);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

/**
 * Never resolves once no check goes on.
 * @param {string} title
 * @param {Outcome} outcome
 * @param {string} detail
 * @param {number} start
 * @returns {Promise<void>}
 */
function add(title, outcome, detail, start) {
  if (halted) return new Promise(() => undefined);
  const seconds = secondsSince(start);
  const one = { part, title, outcome, seconds, detail, load: Number((loadavg()[0] ?? 0).toFixed(2)) };
  done.push(one);
  console.log(line(one));
  return Promise.resolve();
}

/** @param {number} start */
const secondsSince = (start) => Number(((Date.now() - start) / 1_000).toFixed(1));
/** @param {Done} done */
const line = ({ title, outcome, seconds, detail }) =>
  `${WORDS[outcome]} ${title}${detail ? `: ${detail}` : ''} (${seconds} s)`;

/**
 * @param {unknown} true_
 * @param {string | undefined} what
 * @returns {asserts true_}
 */
export function expect(true_, what) {
  if (!true_) throw new Error(what);
}

/**
 * Until `look` gives something; its last error or `what` after `seconds`.
 * @template T
 * @param {() => Promise<T | false | null | undefined>} look
 * @param {number} seconds
 * @param {string} what
 * @returns {Promise<T>}
 */
export async function eventually(look, seconds, what) {
  const end = Date.now() + seconds * 1_000;
  /** @type {unknown} */
  let last;
  while (Date.now() < end) {
    try {
      const found = await look();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await sleep(250);
  }
  throw new Error(`${what} within ${seconds} s${last === undefined ? '' : ` (${messageOf(last)})`}`);
}

/**
 * Prints what became of each check, writes it to `file` as JSON with `about`, and says whether none failed.
 * @param {string} file
 * @param {object} about
 */
export function summary(file, about) {
  const count = (/** @type {Outcome} */ outcome) => done.filter((one) => one.outcome === outcome).length;
  const [passed, failed, notRun] = [count('passed'), count('failed'), count('not run')];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    `${JSON.stringify({ ...about, passed, failed, not_run: notRun, parts, checks: done }, null, 2)}\n`,
  );
  console.log(`\nSummary, also in ${file}`);
  for (const { part: name, seconds } of parts) {
    console.log(`\n${name} (${seconds} s)`);
    for (const one of done.filter((of) => of.part === name)) console.log(line(one));
  }
  console.log(`\nTests: ${passed} passed, ${failed} failed, ${notRun} skipped`);
  return failed === 0;
}
