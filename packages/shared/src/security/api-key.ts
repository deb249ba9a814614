import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What a key may do. `admin` is for the operations port, and gives nothing on the port that clients reach. */
export const SCOPES = ['jobs:read', 'jobs:write', 'data:erase', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];
/** What a key gets that is made without a choice. */
export const DEFAULT_SCOPES: readonly Scope[] = ['jobs:read', 'jobs:write', 'data:erase'];

/** The name of a tenant. It is part of names in Redis and of files, so it is short and plain. */
export const TENANT_PATTERN = /^[a-z0-9][a-z0-9_-]{0,63}$/;
export const KEY_ID_PATTERN = /^[0-9a-f]{16}$/;

/** `fck_`, 16 hex digits that name the key, 32 random bytes and the checksum of all before it, both in base 62. */
const KEY = /^fck_([0-9a-f]{16})([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function base62(bytes: Buffer, length: number): string {
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < length; i += 1) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

function checksum(text: string): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(text));
  return base62(bytes, 6);
}

/** A new key. The answer to the request shows it once; it is stored nowhere. */
export function makeApiKey(id = randomBytes(8).toString('hex')): { id: string; key: string } {
  const body = `fck_${id}${base62(randomBytes(32), 43)}`;
  return { id, key: body + checksum(body) };
}

/** The id in a key, or null for what cannot be one: a mistyped key costs no look-up. */
export function idOfApiKey(key: string): string | null {
  const [, id, , sum] = KEY.exec(key) ?? [];
  return id !== undefined && checksum(key.slice(0, -6)) === sum ? id : null;
}

/** What is stored of a key: nothing without the pepper, and the pepper is not where the hashes are. */
export const hashOfApiKey = (pepper: string, key: string): string =>
  createHmac('sha256', pepper).update(key).digest('base64url');

/** Compares in a time that tells nothing of where two hashes differ. */
export function isSameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
