import { type Job, STATUSES } from '../wire';
import { deliver, targetOf } from './output';
import { type Call, EXIT, UsageError, noWords, onlyJob, text, whole } from './settings';
import { linesOf, plain } from './terminal';

/** `flashcards jobs`: the caller's jobs, newest first. */
export async function jobs(call: Call): Promise<number> {
  noWords(call, 'jobs');
  const [named, limit] = [text(call, 'status'), whole(call, 'limit')];
  const status = STATUSES.find((each) => each === named);
  if (named !== undefined && !status) {
    throw new UsageError(`--status must be one of ${STATUSES.join(', ')}, not "${named}".`);
  }
  const page = await call.client.jobs({ status, limit }, { signal: call.signal });
  await call.terminal.out(linesOf(call.options['json'] === true ? [JSON.stringify(page)] : page.jobs.map(lineOf)));
  return EXIT.ok;
}

function lineOf({ id, status, created_at: created, progress, error }: Job): string {
  const cards = `${progress.cards}/${progress.cards_wanted}`;
  return [id, status.padEnd(9), created.slice(0, 19).replace('T', ' '), cards.padStart(5), plain(error?.code ?? '')]
    .join('  ')
    .trimEnd();
}

/** `flashcards cancel ID`. */
export async function cancel(call: Call): Promise<number> {
  const job = await call.client.cancel(onlyJob(call), { signal: call.signal });
  if (call.options['json'] === true) await call.terminal.out(linesOf([JSON.stringify(job)]));
  else call.terminal.say(job.status === 'canceled' ? 'Canceled.' : `The job has already ended: ${job.status}.`);
  return EXIT.ok;
}

/** `flashcards erase ID`: the job and all of its content. */
export async function erase(call: Call): Promise<number> {
  await call.client.erase(onlyJob(call), { signal: call.signal });
  call.terminal.say('Erased.');
  return EXIT.ok;
}

/** `flashcards cards ID`: the deck of a completed job, in any format. */
export async function cards(call: Call): Promise<number> {
  const id = onlyJob(call);
  const target = targetOf(call);
  await deliver(await call.client.job(id, { signal: call.signal }), target, call);
  return EXIT.ok;
}
