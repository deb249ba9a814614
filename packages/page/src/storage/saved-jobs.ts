import type { Options, Status } from '@flashcards/client';
import { createStore, keep, readStored } from './stored';

/** A job that was submitted in this browser. Only this browser keeps its text: the server erases it at the end. */
export interface SavedJob {
  readonly id: string;
  readonly title: string;
  readonly at: string;
  readonly status: Status | 'gone';
  readonly cards: number;
  readonly text: string;
  readonly options: Options;
}

const MAX_JOBS = 30;

export const savedJobs = createStore<readonly SavedJob[]>(readStored<readonly SavedJob[]>('jobs', []), (jobs) => {
  // When the storage is full, the oldest texts go first.
  for (let max = jobs.length; max > 0 && !keep('jobs', jobs.slice(0, max)); max -= 1);
  if (jobs.length === 0) keep('jobs', null);
});

// Another tab of this browser may have written a newer list.
addEventListener('storage', ({ key }) => {
  if (key === 'flashcards.jobs') savedJobs.set(readStored<readonly SavedJob[]>('jobs', []));
});

export const savedJob = (id: string): SavedJob | undefined => savedJobs.get().find((job) => job.id === id);

export function saveJob(job: SavedJob): void {
  savedJobs.set([job, ...savedJobs.get().filter(({ id }) => id !== job.id)].slice(0, MAX_JOBS));
}

const CHANGING = ['title', 'status', 'cards'] as const;

export function noteJob(id: string, change: Partial<Pick<SavedJob, (typeof CHANGING)[number]>>): void {
  const before = savedJob(id);
  if (!before || CHANGING.every((name) => !(name in change) || change[name] === before[name])) return;
  savedJobs.set(savedJobs.get().map((job) => (job.id === id ? { ...job, ...change } : job)));
}

export const dropJob = (id: string): void => savedJobs.set(savedJobs.get().filter((job) => job.id !== id));

/** The name of a text until its deck has a title. */
export function titleOf(text: string): string {
  const line = text.split('\n').find((each) => each.trim() !== '') ?? '';
  const words = line.replace(/^[#>\-*\s]+/, '').trim();
  return [...words].length > 40 ? `${[...words].slice(0, 40).join('')}…` : words;
}
