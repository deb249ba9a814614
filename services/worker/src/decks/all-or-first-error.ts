import { setMaxListeners } from 'node:events';

/** Runs all at once. The first that fails stops the others, so that nothing is paid for in vain. */
export async function allOrFirstError<T, R>(
  inputs: readonly T[],
  signal: AbortSignal,
  work: (input: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  if (inputs.length === 1) return Promise.all(inputs.map((input) => work(input, signal)));
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // one for each call, and a long text has many
  const follow = (): void => stop.abort(signal.reason);
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  const running = inputs.map((input) =>
    work(input, stop.signal).catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  try {
    return await Promise.all(running);
  } catch (first) {
    // What the others cost is known once they have ended.
    await Promise.allSettled(running);
    throw first;
  } finally {
    signal.removeEventListener('abort', follow);
  }
}
