import { ApiError, type Card, ConnectionError, type Job, type JobEvent, isTerminal } from '@flashcards/client';
import { useEffect, useState } from 'preact/hooks';
import { flashcards, keyRequested } from '../api';
import { noteJob } from '../storage/saved-jobs';

/** What is known about the job that is shown. */
export interface JobView {
  readonly job?: Job;
  /** In the order in which they were kept. */
  readonly cards: readonly Card[];
  readonly error?: unknown;
  /** The connection is lost and is being restored. */
  readonly lost: boolean;
}

type Change = (change: (view: JobView) => JobView) => void;

const EMPTY: JobView = { cards: [], lost: false };
const RETRY_MS = 3_000;
/** The position in the queue is no event: it changes with the jobs of others. */
const POSITION_MS = 2_500;

/** Follows a job to its end. After a reload it starts from the first event. */
export function useJob(id: string): readonly [JobView, Change] {
  const [view, setView] = useState<JobView>(EMPTY);
  const keyState = keyRequested.use();
  useEffect(() => {
    if (keyState !== 'no') return;
    const leave = new AbortController();
    setView(EMPTY);
    void keepFollowing(id, setView, leave.signal);
    return () => leave.abort();
  }, [id, keyState]);
  const { job, cards } = view;
  useEffect(() => {
    if (!job) return;
    const { title } = job.result?.deck ?? {};
    noteJob(id, { status: job.status, cards: cards.length, ...(title ? { title } : {}) });
  }, [id, job, cards.length]);
  useEffect(() => {
    if (job?.status !== 'queued') return;
    const timer = setInterval(() => void refreshPosition(id, setView), POSITION_MS);
    return () => clearInterval(timer);
  }, [id, job?.status]);
  return [view, setView];
}

async function keepFollowing(id: string, change: Change, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await follow(id, change, signal);
    } catch (error) {
      if (signal.aborted) return;
      const passes = error instanceof ConnectionError || (error instanceof ApiError && error.status >= 500);
      if (!passes) {
        if (error instanceof ApiError && [404, 410].includes(error.status)) noteJob(id, { status: 'gone' });
        return change((view) => ({ ...view, error, lost: false }));
      }
      change((view) => ({ ...view, lost: true }));
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (signal.aborted) return;
    }
  }
}

async function follow(id: string, change: Change, signal: AbortSignal): Promise<void> {
  const job = await flashcards.job(id, { signal });
  change((view) => ({ job, cards: job.result?.deck.cards ?? view.cards, lost: false }));
  if (isTerminal(job.status)) return;
  for await (const event of flashcards.stream(id, { signal })) change((view) => applied(view, event));
  const ended = await flashcards.job(id, { signal });
  change((view) => ({ job: ended, cards: ended.result?.deck.cards ?? view.cards, lost: false }));
}

/** The view after an event. When a job runs again a card may be reported again: the later one counts. */
function applied(view: JobView, event: JobEvent): JobView {
  const { job, cards } = view;
  if (!job) return view;
  if (event.type === 'status') return { ...view, lost: false, job: { ...job, status: event.data.status } };
  if (event.type === 'progress') return { ...view, lost: false, job: { ...job, progress: event.data } };
  if (event.type === 'done') return view;
  const known = cards.some(({ id }) => id === event.data.id);
  const next = known ? cards.map((card) => (card.id === event.data.id ? event.data : card)) : [...cards, event.data];
  return { ...view, lost: false, cards: next };
}

async function refreshPosition(id: string, change: Change): Promise<void> {
  try {
    const { queue } = await flashcards.job(id);
    change((view) => (view.job?.status === 'queued' ? { ...view, job: { ...view.job, queue } } : view));
  } catch {
    // The stream reports what is wrong.
  }
}
