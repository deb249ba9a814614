// Named checks, one line each; a check that cannot be run here says why and never counts as passed.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadavg } from 'node:os';

export class NotRun extends Error {}

const LIMIT_SECONDS = 900;
const WORDS = { passed: 'ok     ', failed: 'FAILED ', 'not run': 'not run' };
/** `{ part, title, outcome, seconds, detail, load }` of each. */
const done = [];
const parts = [];
let part = '';
/** The check that the rest of its part stands on, once it failed. */
let fallen = '';

let halted = false;
/** No check goes on: what was started is about to be removed. */
export const halt = () => (halted = true);
/** A failure that no check waits for. */
export const noteStray = (error) =>
  add('no failure goes unseen', 'failed', error?.message ?? String(error), Date.now());

let pattern;
/** Leaves out checks whose title does not match, but those that the others stand on. */
export function only(text) {
  pattern = text && new RegExp(text);
}

/** A part is a row of checks; what breaks between them is a failed check too, and the next part runs. */
export async function inPart(name, work) {
  [part, fallen] = [name, ''];
  console.log(`\n${name}`);
  const start = Date.now();
  try {
    await work();
  } catch (error) {
    await add(`the part ${name} runs to its end`, 'failed', error.message, start);
  }
  parts.push({ part, seconds: secondsSince(start) });
}

/** `always`: the others of this part stand on it; when it fails they are not run. `work` may give figures to show. */
export async function check(title, work, { always = false } = {}) {
  if (pattern && !always && !pattern.test(title)) return;
  const start = Date.now();
  if (fallen) return add(title, 'not run', `"${fallen}" failed`, start);
  try {
    const figures = await within(work());
    await add(title, 'passed', typeof figures === 'string' ? figures : '', start);
  } catch (error) {
    if (always) fallen = title;
    return add(title, error instanceof NotRun ? 'not run' : 'failed', error.message, start);
  }
}

function within(work) {
  let timer;
  const limit = new Promise((_done, fail) => {
    timer = setTimeout(() => fail(new Error(`not over after ${LIMIT_SECONDS} s`)), LIMIT_SECONDS * 1_000);
  });
  return Promise.race([work, limit]).finally(() => clearTimeout(timer));
}

function add(title, outcome, detail, start) {
  if (halted) return new Promise(() => undefined);
  const seconds = secondsSince(start);
  done.push({ part, title, outcome, seconds, detail, load: Number(loadavg()[0].toFixed(2)) });
  console.log(line(done.at(-1)));
}

const secondsSince = (start) => Number(((Date.now() - start) / 1_000).toFixed(1));
const line = ({ title, outcome, seconds, detail }) =>
  `${WORDS[outcome]} ${title}${detail ? `: ${detail}` : ''} (${seconds} s)`;

export function expect(true_, what) {
  if (!true_) throw new Error(what);
}

export const sleep = (ms) => new Promise((over) => setTimeout(over, ms));

/** Until `look` gives something; its last error or `what` after `seconds`. */
export async function eventually(look, seconds, what) {
  const end = Date.now() + seconds * 1_000;
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
  throw new Error(`${what} within ${seconds} s${last ? ` (${last.message})` : ''}`);
}

/** Prints what became of each check, writes it to `file` as JSON with `about`, and says whether none failed. */
export function summary(file, about) {
  const count = (outcome) => done.filter((one) => one.outcome === outcome).length;
  const [passed, failed, notRun] = ['passed', 'failed', 'not run'].map(count);
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
