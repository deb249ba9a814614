import type { Redis } from 'ioredis';
import type { Scope } from '../../security/api-key';
import type { Limits } from '../../contract/limits';
import { defineScript } from '../script';
import { fieldsOf } from '../jobs/record';
import { type ClockReading, clockReading, redisTime } from '../redis-clock';

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

/** A tenant's webhook secrets, sealed: the one in use, and the one before it while both sign. */
export interface SealedSecrets {
  readonly current: string;
  readonly previous: string | null;
  readonly previousUntil: number;
}

export type AccessStore = ReturnType<typeof createAccessStore>;

/** Keys and tenants in Redis. Every change rings the channel `changes`, so that no replica goes on with what it knew. */
export function createAccessStore(redis: Redis, prefix: string) {
  const findKey = defineScript(redis, 'keys/find-key');
  const changes = `${prefix}:key-changes`;
  const keyOf = (id: string): string => `${prefix}:key:${id}`;
  const tenantOf = (tenant: string): string => `${prefix}:tenant:${tenant}`;
  const keysOf = (tenant: string): string => `${prefix}:keys:${tenant}`;
  const uses = `${prefix}:key-uses`;
  const tenants = `${prefix}:tenants`;

  async function find(id: string): Promise<KnownKey | null> {
    const [flat, lastUsed, limits, now] = (await findKey(prefix, id)) as [
      string[],
      string | null,
      string | null,
      number,
    ];
    const fields = fieldsOf(flat);
    if (fields.size === 0) return null;
    return { ...recordOf(id, fields, lastUsed), ...privateOf(fields, limits), clock: clockReading(now) };
  }

  return {
    changes,
    find,
    /** The time by which keys and secrets end, whichever process asks. */
    now: (): Promise<number> => redisTime(redis),

    /** Records a key; true when it is the first of its tenant. */
    async add({
      id,
      tenant,
      name,
      scopes,
      created,
      expires,
      hash,
    }: Omit<KnownKey, 'limits' | 'lastUsed' | 'rotatedTo' | 'clock'>) {
      const record = { tenant, name, scopes: scopes.join(' '), created, expires: expires ?? '', hash };
      await redis
        .multi()
        .hset(keyOf(id), record)
        .zadd(keysOf(tenant), created, id)
        .zadd(tenants, 'NX', created, tenant)
        .exec();
    },

    /** A tenant's keys, the oldest first. */
    async list(tenant: string): Promise<KnownKey[]> {
      const ids = await redis.zrange(keysOf(tenant), '0', '-1');
      return (await Promise.all(ids.map(find))).filter((key) => key !== null);
    },

    count: (tenant: string): Promise<number> => redis.zcard(keysOf(tenant)),
    tenants: (): Promise<string[]> => redis.zrange(tenants, '0', '-1'),

    /** Lets `id` end at `expires`, with `next` in its place; false when another took its place already. */
    async replace(id: string, next: string, expires: number): Promise<boolean> {
      if ((await redis.hsetnx(keyOf(id), 'rotated_to', next)) === 0) return false;
      await redis.multi().hset(keyOf(id), { expires }).publish(changes, id).exec();
      return true;
    },

    /** Removes a key; false when there is none. */
    async remove(id: string, tenant: string): Promise<boolean> {
      const done = await redis
        .multi()
        .del(keyOf(id))
        .zrem(keysOf(tenant), id)
        .hdel(uses, id)
        .publish(changes, id)
        .exec();
      return done?.[0]?.[1] === 1;
    },

    /** Notes when keys were last used: id and time of each. */
    async used(times: ReadonlyMap<string, number>): Promise<void> {
      await redis.hset(uses, Object.fromEntries(times));
    },

    /** Sets the limits that are named; returns all that the tenant has of its own. */
    async setLimits(tenant: string, named: Partial<Limits>): Promise<Partial<Limits>> {
      const known = await redis.hget(tenantOf(tenant), 'limits');
      const limits = { ...(known ? (JSON.parse(known) as Partial<Limits>) : {}), ...named };
      await redis.multi().hset(tenantOf(tenant), 'limits', JSON.stringify(limits)).publish(changes, '').exec();
      return limits;
    },

    async secrets(tenant: string): Promise<SealedSecrets | null> {
      const [current, previous, until] = await redis.hmget(tenantOf(tenant), 'secret', 'old_secret', 'old_until');
      return current ? { current, previous: previous ?? null, previousUntil: Number(until ?? 0) } : null;
    },

    /** Gives a tenant its first secret; false when it has one. */
    async addSecret(tenant: string, sealed: string): Promise<boolean> {
      return (await redis.hsetnx(tenantOf(tenant), 'secret', sealed)) === 1;
    },

    /** Puts a new secret in the place of `was`, which signs beside it until `until`. */
    async replaceSecret(tenant: string, sealed: string, was: string, until: number): Promise<void> {
      await redis.hset(tenantOf(tenant), { secret: sealed, old_secret: was, old_until: until });
    },
  };
}

type Known = ReadonlyMap<string, string>;

const recordOf = (id: string, fields: Known, lastUsed: string | null): KeyRecord => ({
  id,
  tenant: fields.get('tenant') ?? '',
  name: fields.get('name') ?? '',
  scopes: (fields.get('scopes') ?? '').split(' ') as Scope[],
  created: Number(fields.get('created')),
  expires: fields.get('expires') ? Number(fields.get('expires')) : null,
  rotatedTo: fields.get('rotated_to') ?? null,
  lastUsed: lastUsed ? Number(lastUsed) : null,
});

const privateOf = (fields: Known, limits: string | null) => ({
  hash: fields.get('hash') ?? '',
  limits: limits ? (JSON.parse(limits) as Partial<Limits>) : {},
});
