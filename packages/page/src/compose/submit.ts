import type { Job, Options, SubmitRequest } from '@flashcards/client';
import { flashcards } from '../api';
import { show } from '../frame/route';
import { saveJob, titleOf } from '../storage/saved-jobs';
import { keep, readStored } from '../storage/stored';

/** A submit without an answer yet. Its key lets it be sent again, even after a reload, without making two jobs. */
interface PendingSubmit {
  readonly key: string;
  readonly text: string;
  readonly options: Options;
  readonly fresh: boolean;
}

/** Submits, saves the job in this browser, and shows it. */
export async function submitText(text: string, options: Options, fresh: boolean): Promise<void> {
  await send({ key: crypto.randomUUID(), text, options, fresh });
}

/** Sends again a submit that a reload cut off. */
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
      await flashcards.submit(request, { idempotencyKey: key, cache: fresh ? 'no-cache' : undefined }),
      text,
      options,
    );
  } finally {
    // Any answer ends it, even a refusal: the next press of the button is a new submit.
    keep('begun', null);
  }
}

function noteSubmitted(job: Job, text: string, options: Options): void {
  const { id, status, created_at: at } = job;
  saveJob({ id, title: options.title ?? titleOf(text), at, status, cards: job.progress.cards, text, options });
  keep('draft', null);
  show(id);
}
