import { received } from './received';
import type { WebhookEventType, WebhookJob } from './wire';

export interface WebhookEvent {
  readonly type: WebhookEventType;
  readonly timestamp: string;
  readonly data: WebhookJob;
}

export interface VerifyOptions {
  /** How old, or how far in the future, a message may be. Default: 300. */
  readonly toleranceSeconds?: number | undefined;
  /** Milliseconds since 1970; for tests. */
  readonly now?: number | undefined;
}

/** The request did not come from the service, or it is too old. Answer with 400 and ignore it. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
}

type AnyHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Checks a webhook of the service (Standard Webhooks 1.0) and returns its event.
 * @param payload the body exactly as it came: do not parse it before
 * @param secret `whsec_…`; several during a rotation
 */
export async function verifyWebhook(
  payload: string | Uint8Array,
  headers: AnyHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = 300, now = Date.now() }: VerifyOptions = {},
): Promise<WebhookEvent> {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) =>
    valueOf(headers, name),
  );
  if (!id || !timestamp || !signature)
    throw new WebhookVerificationError(
      'A header is missing: webhook-id, webhook-timestamp and webhook-signature are needed.',
    );
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookVerificationError('webhook-timestamp is not a number.');
  if (Math.abs(now / 1_000 - Number(timestamp)) > toleranceSeconds) {
    throw new WebhookVerificationError(
      'webhook-timestamp is too far from now. The message is old, or a clock is wrong.',
    );
  }
  const body = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  const offered = signature.split(' ').flatMap((part) => (part.startsWith('v1,') ? [bytesOf(part.slice(3))] : []));
  for (const each of typeof secret === 'string' ? [secret] : secret) {
    if (await isSigned(each, signed, offered)) return received(new TextDecoder().decode(body));
  }
  throw new WebhookVerificationError('No signature matches. The secret is wrong, or the body was changed.');
}

async function isSigned(
  secret: string,
  signed: Uint8Array<ArrayBuffer>,
  signatures: readonly Uint8Array<ArrayBuffer>[],
): Promise<boolean> {
  const raw = bytesOf(secret.replace(/^whsec_/, ''));
  if (raw.length === 0) throw new TypeError('The secret is not valid: it must be whsec_ and Base64.');
  const hash = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', raw, hash, false, ['verify']);
  for (const signature of signatures) {
    if (await crypto.subtle.verify('HMAC', key, signature, signed)) return true;
  }
  return false;
}

function valueOf(headers: AnyHeaders, name: string): string | undefined {
  if (headers instanceof Headers) return headers.get(name) ?? undefined;
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? [];
  return typeof value === 'string' ? value : value?.[0];
}

/** The bytes of Base64; none when it is not. */
function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
