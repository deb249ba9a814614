/** Resolves after `milliseconds`. */
export const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Whatever was thrown, as an Error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Rejects with what `late` makes when `work` takes longer than `milliseconds`; `work` itself goes on. */
export function within<T>(milliseconds: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), milliseconds);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Lets `work` run once at a time: what comes while it runs is left out. It must not throw. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let running = false;
  return () => {
    if (running) return;
    running = true;
    void work().finally(() => (running = false));
  };
}

/** Asks again only `milliseconds` after the last answer, however many want to know: they share it. */
export function askedOnce<T>(milliseconds: number, ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined;
  return () => (asked ??= ask().finally(() => setTimeout(() => (asked = undefined), milliseconds).unref()));
}

/** RFC 3339 in UTC with milliseconds. */
export const rfc3339 = (milliseconds: number): string => new Date(milliseconds).toISOString();
