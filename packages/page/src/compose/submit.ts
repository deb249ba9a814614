import type { Job, Options, SubmitRequest } from '@flashcards/client';
import { flashcards } from '../api';
import { show } from '../frame/route';
import { saveJob, titleOf } from '../storage/saved-jobs';
import { keep, readStored } from '../storage/stored';

/** A submit that was begun: with its key it can be sent again, after a reload too, and never makes two jobs. */
interface PendingSubmit {
  readonly key: string;
  readonly text: string;
  readonly options: Options;
  readonly fresh: boolean;
}

/** Submits, notes the job in this browser, and shows it. */
export async function submitText(text: string, options: Options, fresh: boolean): Promise<void> {
  await send({ key: crypto.randomUUID(), text, options, fresh });
}

/** A submit that a reload cut off, sent again. */
export async function resumeSubmit(): Promise<boolean> {
  const pending = readStored<PendingSubmit | null>('begun', null);
  if (!pending) return false;
  await send(pending);
  return true;
}

async function send(pending: PendingSubmit): Promise<void> {
  const { key, text, options, fresh } = pending;
  keep('begun', pending);
  try {
    const request: SubmitRequest = { text, options, priority: 'interactive' };
    noteSubmitted(
      await flashcards.submit(request, { idempotencyKey: key, ...(fresh ? { cache: 'no-cache' as const } : {}) }),
      text,
      options,
    );
  } finally {
    // An answer, also a refusal, ends it: a new press of the button is a new submit.
    keep('begun', null);
  }
}

function noteSubmitted(job: Job, text: string, options: Options): void {
  const { id, status, created_at: at } = job;
  saveJob({ id, title: options.title ?? titleOf(text), at, status, cards: job.progress.cards, text, options });
  keep('draft', null);
  show(id);
}
