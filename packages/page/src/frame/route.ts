import { createStore } from '../storage/stored';

/** The job that is shown; undefined on the start page. The address holds it, so a reload shows the same job. */
const read = (): string | undefined => /^#\/jobs\/([a-z0-9_-]{8,64})$/.exec(location.hash)?.[1];

export const shownJob = createStore<string | undefined>(read());

addEventListener('hashchange', () => shownJob.set(read()));

export function show(id: string | undefined): void {
  location.hash = id === undefined ? '/' : `/jobs/${id}`;
}
