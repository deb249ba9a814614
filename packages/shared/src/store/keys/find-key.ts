import type { Limits } from '../../contract/limits';
import { SCOPES, type Scope } from '../../security/api-key';
import { recordFields } from '../jobs/record';
import { type ClockReading, clockReading } from '../redis-clock';
import { type Keyspace, defineScript } from '../script';
import { fields, json, number, optional } from '../shape';

/** What is known of a key; the key itself is nowhere. Times are milliseconds since 1970, by Redis' clock. */
export interface KeyRecord {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly created: number;
  readonly expires: number | null;
  /** The key that took its place; it stays good until it expires. */
  readonly rotatedTo: string | null;
  readonly lastUsed: number | null;
}

export interface KnownKey extends KeyRecord {
  readonly hash: string;
  /** The tenant's own limits, where they are not as the deployment has them. */
  readonly limits: Partial<Limits>;
  /** Of when it was found. */
  readonly clock: ClockReading;
}

const read = fields({
  now: number,
  last_used: optional(number),
  limits: optional(json<Partial<Limits>>()),
  fields: recordFields,
});

/** What is known of an API key; null where there is none. */
export function findKeyStep(keyspace: Keyspace): (id: string) => Promise<KnownKey | null> {
  const findKey = defineScript(keyspace, 'keys/find-key', { behind: ['fields'], read });
  return async (id) => {
    const found = await findKey({ id });
    return found.fields.size === 0 ? null : knownOf(id, found);
  };
}

const knownOf = (
  id: string,
  { now, fields: stored, last_used: lastUsed, limits }: ReturnType<typeof read>,
): KnownKey => ({
  id,
  tenant: stored.get('tenant') ?? '',
  name: stored.get('name') ?? '',
  scopes: (stored.get('scopes') ?? '').split(' ').flatMap((name) => SCOPES.filter((scope) => scope === name)),
  created: Number(stored.get('created')),
  expires: stored.get('expires') ? Number(stored.get('expires')) : null,
  rotatedTo: stored.get('rotated_to') ?? null,
  lastUsed: lastUsed ?? null,
  hash: stored.get('hash') ?? '',
  limits: limits ?? {},
  clock: clockReading(now),
});
