/** Whatever was thrown, as an Error. */
export const asError = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/** Rejects with what `late` makes when `work` takes longer than `milliseconds`; `work` itself goes on. */
export function within<T>(ms: number, work: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), ms);
    work.then(
      (value) => (clearTimeout(timer), resolve(value)),
      (error: unknown) => (clearTimeout(timer), reject(error)),
    );
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
export function cachedFor<T>(ms: number, ask: () => Promise<T>): () => Promise<T> {
  let cached: Promise<T> | undefined;
  return () => (cached ??= ask().finally(() => setTimeout(() => (cached = undefined), ms).unref()));
}

/** RFC 3339 in UTC with milliseconds. */
export const rfc3339 = (ms: number): string => new Date(ms).toISOString();
