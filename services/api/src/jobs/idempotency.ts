import { createHash, createHmac } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { invalidRequest } from '../http/validate';

export const IDEMPOTENCY_KEY = /^[\x20-\x7e]{1,255}$/;

/** The header as it may be used; nothing where there is none. Throws `invalid_request`. */
export function readIdempotencyKey(key: string | undefined): { readonly idempotencyKey?: string } {
  if (key === undefined) return {};
  if (IDEMPOTENCY_KEY.test(key)) return { idempotencyKey: key };
  throw invalidRequest([
    { pointer: '/headers/Idempotency-Key', detail: 'must be 1 to 255 printable ASCII characters' },
  ]);
}

/** The key of one item of a batch that has none of its own. No client can write this one itself. */
export const itemKey = (key: string | undefined, i: number): string | undefined => key && `${key}\u0000${i}`;

/** An id that nobody can guess; with an idempotency key always the same one, wherever and whenever it is repeated. */
export function jobId(tenant: string, idempotencyKey: string | undefined, region: string): string {
  const id = idempotencyKey === undefined ? uuidv7() : `i${keyed(tenant, idempotencyKey)}`;
  return region ? `${region}-${id}` : id;
}

const keyed = (tenant: string, key: string): string =>
  createHmac('sha256', tenant).update(key).digest('hex').slice(0, 39);

/** What a client asked for, under its key. */
export interface RepeatedRequest {
  readonly idempotencyKey?: string;
  readonly submit: object;
  /** The failed job that it runs again: then that is all that it asks. */
  readonly retryOf?: string;
  /** What it asked, where that is not the submit itself. */
  readonly requested?: object;
}

/** What a repeat of the key must ask again; '' without a key. The same in whatever order a client writes its fields. */
export function fingerprint({ idempotencyKey, submit, retryOf, requested }: RepeatedRequest): string {
  if (idempotencyKey === undefined) return '';
  const body = retryOf ? { retry_of: retryOf } : (requested ?? submit);
  return createHash('sha256').update(canonical(body)).digest('base64url').slice(0, 22);
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, inner: unknown) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
