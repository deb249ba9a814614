import { type Keyspace, defineScript } from '../script';
import { kinds, list, number, text } from '../shape';
import { type Page, pageOf } from './log';
import { recordFields } from './record';

/** Events in one read: a long log is read in pieces. */
const MAX_EVENTS = 100;

const read = kinds({
  found: { first: number, length: number, fields: recordFields, entries: list(text) },
  gone: {},
  none: {},
});

/** The events of a job after number `after`: a page of them. */
export function followStep(keyspace: Keyspace, resultSeconds: number) {
  const follow = defineScript(keyspace, 'jobs/follow', { behind: ['fields', 'entries'], read });
  return async (id: string, tenant: string, after: number): Promise<Page | 'gone' | 'none'> => {
    const answer = await follow({ id, tenant, after, max: MAX_EVENTS });
    return answer.kind === 'found' ? pageOf({ id, ...answer }, after, resultSeconds) : answer.kind;
  };
}
