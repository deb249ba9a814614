import { PRIORITIES, type Submit } from '../../contract/job';
import { unpackHook } from '../../contract/webhook';
import { type Keyspace, defineScript } from '../script';
import { kinds, number, optional, text } from '../shape';
import { parentOf, unpackRequest } from './record';

/** A failed job's own submit. */
export interface RetrySource {
  readonly submit: Submit;
  /** The job of which it makes a card again, or ''. */
  readonly parent: string;
  /** It was not to be kept beyond the job. */
  readonly noStore: boolean;
}

const read = kinds({
  found: {
    request: optional(text),
    wanted: number,
    deadline_ms: number,
    class: optional(number),
    cache_key: optional(text),
    hook: optional(text),
    text,
  },
  none: {},
  open: {},
  gone: {},
});

/** What a failed job was asked for, to be asked again. */
export function retrySourceStep(keyspace: Keyspace) {
  const retrySource = defineScript(keyspace, 'jobs/retry-source', { behind: ['text'], read });
  return async (id: string, tenant: string): Promise<RetrySource | 'none' | 'open' | 'gone'> => {
    const found = await retrySource({ id, tenant });
    return found.kind === 'found' ? sourceOf(found) : found.kind;
  };
}

function sourceOf(found: Extract<ReturnType<typeof read>, { kind: 'found' }>): RetrySource {
  const request = found.request ?? '';
  const priority = PRIORITIES[found.class ?? -1] ?? 'standard';
  return {
    submit: {
      ...unpackRequest(found.text, request, found.wanted),
      priority,
      deadline_seconds: found.deadline_ms / 1_000,
      ...(found.hook ? { webhook: unpackHook(found.hook) } : {}),
    },
    parent: parentOf(request),
    noStore: found.cache_key === undefined,
  };
}
