import { createHash, createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';

/** An id that nobody can guess; with an idempotency key always the same one, wherever and whenever it is repeated. */
export function jobId(tenant: string, idempotencyKey: string | undefined, region: string): string {
  const id = idempotencyKey === undefined ? uuidv7() : `i${keyed(tenant, idempotencyKey)}`;
  return region ? `${region}-${id}` : id;
}

const keyed = (tenant: string, key: string): string =>
  createHmac('sha256', tenant).update(key).digest('hex').slice(0, 39);

/** The same for the same wish in whatever order a client writes its fields. */
export const bodyHash = (body: object): string =>
  createHash('sha256').update(canonical(body)).digest('base64url').slice(0, 22);

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
