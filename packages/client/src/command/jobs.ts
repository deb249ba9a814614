import type { Job, Status } from '../wire';
import { deliver, targetOf } from './output';
import { type Call, EXIT, UsageError, onlyWord, text, whole } from './settings';
import { plain } from './terminal';

/** `flashcards jobs`: one's own jobs, newest first. */
export async function jobs(call: Call): Promise<number> {
  if (call.words.length > 0) throw new UsageError(`What is "${call.words[0]}"? flashcards jobs takes options only.`);
  const [status, limit] = [text(call, 'status') as Status | undefined, whole(call, 'limit')];
  const query = { ...(status ? { status } : {}), ...(limit === undefined ? {} : { limit }) };
  const page = await call.client.jobs(query, { signal: call.signal });
  if (call.options['json'] === true) call.terminal.out(`${JSON.stringify(page)}\n`);
  else for (const job of page.jobs) call.terminal.out(`${lineOf(job)}\n`);
  return EXIT.ok;
}

function lineOf({ id, status, created_at: created, progress, error }: Job): string {
  const cards = `${progress.cards}/${progress.cards_wanted}`;
  return [id, status.padEnd(9), created.slice(0, 19).replace('T', ' '), cards.padStart(5), plain(error?.code ?? '')]
    .join('  ')
    .trimEnd();
}

/** `flashcards cancel ID`. Whatever the job had come to by then is said. */
export async function cancel(call: Call): Promise<number> {
  const job = await call.client.cancel(onlyWord(call, 'job'), { signal: call.signal });
  if (call.options['json'] === true) call.terminal.out(`${JSON.stringify(job)}\n`);
  else call.terminal.say(job.status === 'canceled' ? 'Canceled.' : `It had ended already: ${job.status}.`);
  return EXIT.ok;
}

/** `flashcards erase ID`: the job and all of its content. */
export async function erase(call: Call): Promise<number> {
  await call.client.erase(onlyWord(call, 'job'), { signal: call.signal });
  call.terminal.say('Erased.');
  return EXIT.ok;
}

/** `flashcards cards ID`: the deck again, in any format. */
export async function cards(call: Call): Promise<number> {
  const id = onlyWord(call, 'job');
  const target = targetOf(call);
  await deliver(await call.client.job(id, { signal: call.signal }), target, call);
  return EXIT.ok;
}
