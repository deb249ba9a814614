// Own code: loaders such as DataLoader know calls by a key and answer from a cache, and here each call is one of its own.

interface PendingCall<I, O> {
  readonly item: I;
  resolve(answer: O): void;
  reject(error: unknown): void;
}

/**
 * Makes one call of many: what is asked for in the same turn of the event loop goes together, at most `max` at once.
 * Under load, one command replaces dozens; an idle process waits only for the turn to end. When the call fails, it fails
 * for all that asked.
 * @param call answers in the order of its items, one answer an item.
 */
export function gathered<I, O>(
  max: number,
  call: (items: readonly I[]) => Promise<readonly O[]>,
): (item: I) => Promise<O> {
  let pending: PendingCall<I, O>[] = [];

  function send(): void {
    const batch = pending;
    pending = [];
    if (batch.length === 0) return;
    call(batch.map(({ item }) => item)).then(
      (answers) => {
        answers.forEach((answer, i) => batch[i]?.resolve(answer));
        for (const { reject } of batch.slice(answers.length)) reject(new Error('A call of many left an item out.'));
      },
      (error: unknown) => batch.forEach(({ reject }) => reject(error)),
    );
  }

  return (item) =>
    new Promise((resolve, reject) => {
      pending.push({ item, resolve, reject });
      if (pending.length >= max) send();
      else if (pending.length === 1) setImmediate(send);
    });
}
