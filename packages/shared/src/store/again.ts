import { PRIORITIES, type Submit } from '../contract/job';
import { unpackHook } from '../contract/webhook';
import { parentOf, unpackRequest } from './record';

/** A failed job's own submit. */
export interface Again {
  readonly submit: Submit;
  /** The job of which it makes a card anew, or ''. */
  readonly parent: string;
  /** It was not to be kept beyond the job. */
  readonly noStore: boolean;
}

/** What its script returns. */
export function againOf(answer: readonly string[]): Again {
  const [text = '', request = '', wanted, deadlineMilliseconds, place, cacheKey, hook] = answer;
  const priority = PRIORITIES[Number(place)] ?? 'standard';
  const submit = unpackRequest(text, request, Number(wanted));
  return {
    submit: {
      ...submit,
      priority,
      deadline_seconds: Number(deadlineMilliseconds) / 1_000,
      ...(hook ? { webhook: unpackHook(hook) } : {}),
    },
    parent: parentOf(request),
    noStore: cacheKey === '',
  };
}
