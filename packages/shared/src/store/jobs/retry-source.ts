import { PRIORITIES, type Submit } from '../../contract/job';
import { unpackHook } from '../../contract/webhook';
import { parentOf, unpackRequest } from './record';

/** A failed job's own submit. */
export interface RetrySource {
  readonly submit: Submit;
  /** The job of which it makes a card anew, or ''. */
  readonly parent: string;
  /** It was not to be kept beyond the job. */
  readonly noStore: boolean;
}

/** What its script returns. */
export function retrySourceOf(answer: readonly string[]): RetrySource {
  const [text = '', request = '', wanted, deadlineMs, queuePosition, cacheKey, hook] = answer;
  const priority = PRIORITIES[Number(queuePosition)] ?? 'standard';
  const submit = unpackRequest(text, request, Number(wanted));
  return {
    submit: {
      ...submit,
      priority,
      deadline_seconds: Number(deadlineMs) / 1_000,
      ...(hook ? { webhook: unpackHook(hook) } : {}),
    },
    parent: parentOf(request),
    noStore: cacheKey === '',
  };
}
