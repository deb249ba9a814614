import { SCOPES, type Scope } from '../../security/api-key';
import type { KeyFields } from '../../security/record-signature';
import { recordFields } from '../jobs/record';
import { type ClockReading, clockReading } from '../redis-clock';
import { type Keyspace, defineScript } from '../script';
import { fields, number, optional, text } from '../shape';

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

/** A tenant's own limits as Redis has them, with their signature; empty where there is none. */
export interface StoredLimits {
  readonly limits: string;
  readonly limitsMac: string;
  /** The signature which says that every record has one. */
  readonly allSigned: string;
}

/** The same of a key: what its signature is of. */
interface StoredKey extends StoredLimits {
  readonly fields: KeyFields;
  readonly mac: string;
}

export interface KnownKey extends KeyRecord {
  readonly hash: string;
  readonly stored: StoredKey;
  /** Of when it was found. */
  readonly clock: ClockReading;
}

const read = fields({
  now: number,
  last_used: optional(number),
  limits: optional(text),
  limits_mac: optional(text),
  all_signed: optional(text),
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

function knownOf(id: string, { now, fields: stored, last_used, ...found }: ReturnType<typeof read>): KnownKey {
  const field = (name: string): string => stored.get(name) ?? '';
  const names = { tenant: field('tenant'), name: field('name'), scopes: field('scopes'), hash: field('hash') };
  const times = { created: field('created'), expires: field('expires'), rotated_to: field('rotated_to') };
  const { limits = '', limits_mac: limitsMac = '', all_signed: allSigned = '' } = found;
  return {
    id,
    tenant: names.tenant,
    name: names.name,
    scopes: names.scopes.split(' ').flatMap((name) => SCOPES.filter((scope) => scope === name)),
    created: Number(times.created),
    expires: times.expires === '' ? null : Number(times.expires),
    rotatedTo: times.rotated_to || null,
    lastUsed: last_used ?? null,
    hash: names.hash,
    stored: { fields: { ...names, ...times }, mac: field('mac'), limits, limitsMac, allSigned },
    clock: clockReading(now),
  };
}
