/**
 * Repeats an assertion until it holds, and fails with its own last error when `milliseconds` are over: by default more than a
 * busy machine needs, as only a failure waits so long.
 */
export async function eventually<T>(assertion: () => Promise<T> | T, ms = 30_000): Promise<T> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
