import type { DeliveryReason } from '@flashcards/shared/contract/delivery';
import type { AttemptEnd, StartedAttempt } from '@flashcards/shared/store/deliveries/delivery-store';
import { codeOf } from '../error-code';
import { objectOf } from '@flashcards/shared/runtime/json';
import { retryAfterMs } from '../retry-after';
import { ADDRESS_REFUSED, NAME_NOT_FOUND } from './safe-url';

/** How an attempt went on the wire. */
export interface Sent {
  /** Null when no answer came. */
  readonly status: number | null;
  readonly reason: DeliveryReason;
  /** `Retry-After` of the answer in milliseconds, null without one. */
  readonly retryAfterMs: number | null;
}

/** A receiver may ask to be left alone for a day at most. */
const MAX_RETRY_AFTER_MS = 86_400_000;
const JITTER = 0.2;

/** Pure: what the result of an attempt means for its delivery. `random` is 0 to 1. */
export function verdictOf(
  { reason, retryAfterMs: hintMs }: Pick<Sent, 'reason' | 'retryAfterMs'>,
  { automatic, isRedelivery }: Pick<StartedAttempt, 'automatic' | 'isRedelivery'>,
  retryMs: readonly number[],
  random: number,
): Pick<AttemptEnd, 'outcome' | 'delayMs'> {
  if (reason === 'ok') return { outcome: 'delivered', delayMs: 0 };
  if (reason === 'gone') return { outcome: 'gone', delayMs: 0 };
  const delay = isRedelivery ? undefined : retryMs[automatic];
  if (delay === undefined) return { outcome: 'failed', delayMs: 0 };
  const requestedMs = Math.min(hintMs ?? 0, MAX_RETRY_AFTER_MS);
  return { outcome: 'retried', delayMs: Math.max(delay * (1 + JITTER * random), requestedMs) };
}

/** Nobody answered: such an attempt may hold its slot for as long as attempts last. */
const UNANSWERED: ReadonlySet<DeliveryReason> = new Set([
  'timeout', 'connection_failed', 'name_not_found', 'tls_failed',
]); // prettier-ignore
export const isUnanswered = (reason: DeliveryReason): boolean => UNANSWERED.has(reason);

/** What we read of an answer. */
export function sentOf(
  { status, headers }: { status: number; headers: Readonly<Record<string, unknown>> },
  now: number,
): Sent {
  const reason = REASONS.find(([first, last]) => status >= first && status <= last)?.[2] ?? 'unexpected_status';
  return { status, reason, retryAfterMs: retryAfterMs(headers['retry-after'], now) };
}

const REASONS: readonly (readonly [first: number, last: number, reason: DeliveryReason])[] = [
  [200, 299, 'ok'],
  [300, 399, 'redirect'],
  [410, 410, 'gone'],
  [429, 429, 'rate_limited'],
  [400, 499, 'client_error'],
  [500, 599, 'server_error'],
];

/** Only the codes of an error are read: the error of an HTTP library holds the request. */
export function reasonOfError(error: unknown): DeliveryReason {
  const { cause } = objectOf(error);
  return reasonOfCode(codeOf(cause)) ?? reasonOfCode(codeOf(error)) ?? 'connection_failed';
}

const CODES: readonly (readonly [RegExp, DeliveryReason])[] = [
  [new RegExp(`^${ADDRESS_REFUSED}$`), 'address_refused'],
  [new RegExp(`^${NAME_NOT_FOUND}$`), 'name_not_found'],
  [
    /^(ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_OSSL|HOSTNAME_MISMATCH|INVALID_)/,
    'tls_failed',
  ],
  [/^HPE_/, 'answer_unreadable'],
  [/^(ETIMEDOUT|ESOCKETTIMEDOUT)$/, 'timeout'],
];
const reasonOfCode = (code: string): DeliveryReason | undefined => CODES.find(([pattern]) => pattern.test(code))?.[1];
