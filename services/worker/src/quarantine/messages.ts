import type { Card, Usage } from '@flashcards/shared/contract/deck';
import type { Bound } from '@flashcards/shared/contract/cost';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import type { Count } from '../counts';
import type { DeckProgress } from '../decks/deck-in-progress';
import { CallFailed, NoCards } from '../decks/failures';
import type { Generated } from '../decks/generate';
import { ModelError, type ModelUsage, type Rule } from '../model/port';
import type { Unbilled } from '../model/spending';

/** What a worker sends to its isolated process. */
export type ToIsolatedProcess =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'stop'; readonly id: string }
  | { readonly kind: 'extended'; readonly question: number; readonly granted: boolean };

/** What an isolated process sends to its worker. `id` is that of the job. */
export type FromIsolatedProcess =
  | { readonly kind: 'card'; readonly id: string; readonly card: Card; readonly progress: DeckProgress }
  /** Only the worker is scraped. */
  | { readonly kind: 'count'; readonly count: Count }
  /** May it use more than is held for its job? */
  | { readonly kind: 'extend'; readonly id: string; readonly question: number; readonly more: Bound }
  | { readonly kind: 'done'; readonly id: string; readonly generated: Generated }
  | { readonly kind: 'failed'; readonly id: string; readonly failure: Failure };

type Failure =
  | { readonly kind: 'call'; readonly rule: Rule; readonly hint: number | null; readonly cost: ModelUsage | null; readonly usage: Usage; readonly unbilled: Unbilled } // prettier-ignore
  | { readonly kind: 'no_cards'; readonly message: string; readonly usage: Usage }
  | { readonly kind: 'fault'; readonly name: string; readonly message: string };

/** An error as a message: what `outcomeOf` reads of it survives. */
export function packFailure(error: unknown): Failure {
  if (error instanceof NoCards) return { kind: 'no_cards', message: error.message, usage: error.usage };
  if (error instanceof CallFailed) {
    const { code, action, billed, reason, retryAfterMs, usage } = error.failure;
    return {
      kind: 'call',
      rule: { code, action, billed, reason },
      hint: retryAfterMs,
      cost: usage,
      usage: error.usage,
      unbilled: error.unbilled,
    };
  }
  const { name, message } = error instanceof Error ? error : { name: typeof error, message: '' };
  return { kind: 'fault', name, message };
}

/** The error behind such a message. */
export function unpackFailure(failure: Failure): Error {
  if (failure.kind === 'fault') return Object.assign(new Error(failure.message), { name: failure.name });
  if (failure.kind === 'no_cards') return Object.assign(new NoCards({}, failure.usage), { message: failure.message });
  return new CallFailed(new ModelError(failure.rule, failure.hint, failure.cost), failure.usage, failure.unbilled);
}
