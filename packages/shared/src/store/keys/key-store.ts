import type { Redis } from 'ioredis';
import type { KeyFields } from '../../security/record-signature';
import { createKeys } from '../keys';
import { redisTime } from '../redis-clock';
import { changeKeyStep } from './change-key';
import { type KnownKey, type StoredLimits, findKeyStep } from './find-key';

export type { KnownKey, StoredLimits } from './find-key';

/** A tenant's webhook secrets, sealed: the one in use, and the one before it while both sign. */
export interface SealedSecrets {
  readonly current: string;
  readonly previous: string | null;
  readonly previousUntil: number;
}

export type AccessStore = ReturnType<typeof createAccessStore>;

/** Keys and tenants in Redis. Every change is published on the channel `changes`, so that no replica continues with what it knew. */
export function createAccessStore(redis: Redis, prefix: string) {
  const find = findKeyStep({ redis, prefix });
  const key = createKeys(prefix);
  const changes = key('keyChanges');
  const keyOf = (id: string): string => key('apiKey', id);
  const keysOf = (tenant: string): string => key('tenantKeys', tenant);
  const uses = key('keyUses');
  const tenants = key('tenants');

  return {
    changes,
    find,
    /** The time by which keys and secrets end, whichever process asks. */
    now: (): Promise<number> => redisTime(redis),

    /** Changes a key; false when it is not there any more, or when it is to be rotated and was. */
    change: changeKeyStep({ redis, prefix }),

    /** Records a key with its signature. */
    async add(id: string, { rotated_to: _none, ...fields }: KeyFields, mac: string): Promise<void> {
      await redis
        .multi()
        .hset(keyOf(id), { ...fields, mac })
        .zadd(keysOf(fields.tenant), fields.created, id)
        .zadd(tenants, 'NX', fields.created, fields.tenant)
        .exec();
    },

    /** Says that every record is signed, from now on. */
    async markAllSigned(mac: string): Promise<void> {
      await redis.multi().set(key('keysSigned'), mac).publish(changes, '').exec();
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

    ...createLists(redis, key, find),
    ...createTenantRecords(redis, key),
  };
}

/** Who has keys, and which. */
function createLists(redis: Redis, key: ReturnType<typeof createKeys>, find: ReturnType<typeof findKeyStep>) {
  const keysOf = (tenant: string): string => key('tenantKeys', tenant);
  return {
    /** A tenant's keys, the oldest first. */
    async list(tenant: string): Promise<KnownKey[]> {
      const ids = await redis.zrange(keysOf(tenant), '0', '-1');
      return (await Promise.all(ids.map(find))).filter((one) => one !== null);
    },

    count: (tenant: string): Promise<number> => redis.zcard(keysOf(tenant)),
    tenants: (): Promise<string[]> => redis.zrange(key('tenants'), '0', '-1'),
  };
}

/** What is kept of a tenant itself: its limits and its webhook secrets. */
function createTenantRecords(redis: Redis, key: ReturnType<typeof createKeys>) {
  const tenantOf = (tenant: string): string => key('tenant', tenant);
  return {
    async limits(tenant: string): Promise<StoredLimits> {
      const [[limits, limitsMac], allSigned] = await Promise.all([
        redis.hmget(tenantOf(tenant), 'limits', 'limits_mac'),
        redis.get(key('keysSigned')),
      ]);
      return { limits: limits ?? '', limitsMac: limitsMac ?? '', allSigned: allSigned ?? '' };
    },

    /** Sets all limits that a tenant has of its own, with their signature. */
    async setLimits(tenant: string, limits: string, mac: string): Promise<void> {
      await redis.multi().hset(tenantOf(tenant), { limits, limits_mac: mac }).publish(key('keyChanges'), '').exec();
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
