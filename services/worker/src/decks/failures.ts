import type { Usage } from '@flashcards/shared/contract/deck';
import type { ModelError } from '../model/port';
import type { Unbilled } from '../model/spending';

/** No card could be kept; the message says why. */
export class NoCards extends Error {
  constructor(
    dropped: Readonly<Record<string, number>>,
    readonly usage: Usage,
  ) {
    super(`No card was kept. ${describe(dropped)}`);
  }
}

function describe(dropped: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(dropped).map(([reason, cards]) => `${reason}: ${cards}`);
  return reasons.length > 0
    ? `Dropped by reason: ${reasons.join(', ')}.`
    : 'The model found nothing to ask in this text.';
}

/** A model call failed; `usage` is what the job has spent all the same. */
export class CallFailed extends Error {
  constructor(
    readonly failure: ModelError,
    readonly usage: Usage,
    /** Those of its calls whose bill never came. */
    readonly unbilled: Unbilled = { known: usage, calls: [] },
  ) {
    super(failure.message);
  }
}
