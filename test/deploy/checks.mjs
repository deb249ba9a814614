// Named checks, one line each; a check that cannot be run here says why and never counts as passed.
export class NotRun extends Error {}

const outcomes = { passed: 0, failed: 0, skipped: 0 };

let pattern;
/** Leaves out checks whose title does not match, but those that the others stand on. */
export function only(text) {
  pattern = text && new RegExp(text);
}

export async function check(title, work, { always = false } = {}) {
  if (pattern && !always && !pattern.test(title)) return;
  const start = Date.now();
  const said = (word, why) => {
    const seconds = ((Date.now() - start) / 1_000).toFixed(1);
    console.log(`${word} ${title}${why ? `: ${why}` : ''} (${seconds} s)`);
  };
  try {
    const figures = await work();
    outcomes.passed += 1;
    said('ok     ', typeof figures === 'string' ? figures : '');
  } catch (error) {
    const skipped = error instanceof NotRun;
    outcomes[skipped ? 'skipped' : 'failed'] += 1;
    said(skipped ? 'not run' : 'FAILED ', error.message);
  }
}

export function expect(true_, what) {
  if (!true_) throw new Error(what);
}

export const sleep = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

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

export function summary() {
  const { passed, failed, skipped } = outcomes;
  console.log(`\nTests: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0;
}
