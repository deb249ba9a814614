import type { KeyFields } from '../../security/record-signature';
import { type Keyspace, defineScript } from '../script';
import { flag } from '../shape';

/** What of a key changes after it was made; always with the signature of all of it. */
export type KeyChange = Partial<Pick<KeyFields, 'expires' | 'rotated_to'>> & { readonly mac: string };

/** Changes a key; false when it is not there any more, or when it is to be rotated and was. */
export function changeKeyStep(keyspace: Keyspace): (id: string, changes: KeyChange) => Promise<boolean> {
  const changeKey = defineScript(keyspace, 'keys/change-key', { read: flag });
  return (id, changes) => changeKey({ id, changes });
}
