import { DELIVERY_REASONS } from '@flashcards/shared/contract/delivery';
import { ADDRESS_REFUSED, NAME_NOT_FOUND } from './safe-url';
import { isUnanswered, reasonOfError, sentOf, verdictOf } from './verdict';

const RETRIES = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000].map((seconds) => seconds * 1_000);
const failed = (retryAfterMs: number | null = null) => ({
  reason: 'server_error' as const,
  retryAfterMs,
});
const attempt = (automatic: number, isRedelivery = false) => ({ automatic, isRedelivery });

test('eight attempts follow the published schedule, each wait up to 20 % longer', () => {
  const waits = (random: number) => RETRIES.map((_wait, i) => verdictOf(failed(), attempt(i), RETRIES, random));
  expect(waits(0)).toEqual(RETRIES.map((delayMs) => ({ outcome: 'retried', delayMs })));
  waits(1).forEach(({ delayMs }, i) => expect(delayMs).toBeCloseTo((RETRIES[i] as number) * 1.2));
  expect(verdictOf(failed(), attempt(7), RETRIES, 0)).toMatchObject({ outcome: 'failed' });
});

test('a receiver that asks for time gets it, a day at most, and never less than the schedule', () => {
  expect(verdictOf(failed(60_000), attempt(0), RETRIES, 0).delayMs).toBe(60_000);
  expect(verdictOf(failed(60_000), attempt(1), RETRIES, 0).delayMs).toBe(300_000);
  expect(verdictOf(failed(1e12), attempt(0), RETRIES, 0).delayMs).toBe(86_400_000);
});

test('an attempt that was asked for is followed by none', () => {
  expect(verdictOf(failed(), attempt(0, true), RETRIES, 0)).toMatchObject({ outcome: 'failed' });
});

test('410 ends the attempts, and success does', () => {
  expect(verdictOf({ reason: 'gone', retryAfterMs: 5 }, attempt(0), RETRIES, 0).outcome).toBe('gone');
  expect(verdictOf({ reason: 'ok', retryAfterMs: 5 }, attempt(0), RETRIES, 0).outcome).toBe('delivered');
});

test.each([
  [100, 'unexpected_status'], [199, 'unexpected_status'], [200, 'ok'], [204, 'ok'], [299, 'ok'],
  [300, 'redirect'], [307, 'redirect'], [399, 'redirect'], [400, 'client_error'], [404, 'client_error'],
  [409, 'client_error'], [410, 'gone'], [411, 'client_error'], [428, 'client_error'], [429, 'rate_limited'],
  [430, 'client_error'], [499, 'client_error'], [500, 'server_error'], [503, 'server_error'], [599, 'server_error'],
  [600, 'unexpected_status'],
])('an answer with %i has the reason %s', (status, reason) => {
  expect(sentOf({ status, headers: {} }, 0)).toEqual({ status, reason, retryAfterMs: null });
}); // prettier-ignore

test('an answer that asks for time says how much', () => {
  expect(sentOf({ status: 503, headers: { 'retry-after': '7' } }, 0)).toMatchObject({ retryAfterMs: 7_000 });
});

test.each([
  [ADDRESS_REFUSED, 'address_refused'],
  [NAME_NOT_FOUND, 'name_not_found'],
  [`X${ADDRESS_REFUSED}`, 'connection_failed'],
  [`${NAME_NOT_FOUND}X`, 'connection_failed'],
  [`X${NAME_NOT_FOUND}`, 'connection_failed'],
  [`${ADDRESS_REFUSED}X`, 'connection_failed'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_failed'],
  ['CERT_HAS_EXPIRED', 'tls_failed'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_failed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls_failed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_failed'],
  ['EPROTO', 'tls_failed'],
  ['NOT_A_CERT_', 'connection_failed'],
  ['HPE_INVALID_CONSTANT', 'answer_unreadable'],
  ['X_HPE_', 'connection_failed'],
  ['ETIMEDOUT', 'timeout'],
  ['ESOCKETTIMEDOUT', 'timeout'],
  ['XETIMEDOUT', 'connection_failed'],
  ['ETIMEDOUTX', 'connection_failed'],
  ['ECONNRESET', 'connection_failed'],
])('an attempt that ends with %s has the reason %s', (code, reason) => {
  expect(reasonOfError({ code })).toBe(reason);
  expect(reasonOfError({ code: 'ERR_NETWORK', cause: { code } })).toBe(reason);
});

test('what an HTTP library says itself counts where nothing is behind it', () => {
  expect(reasonOfError({ code: 'ETIMEDOUT', cause: { code: 'ECONNRESET' } })).toBe('timeout');
  expect(reasonOfError({ code: 'EPROTO', cause: { code: 7 } })).toBe('tls_failed');
  expect(reasonOfError(new Error('no code at all'))).toBe('connection_failed');
});

test('only a timeout and a connection that fails leave an attempt unanswered, and no status does', () => {
  expect(DELIVERY_REASONS.filter(isUnanswered)).toEqual([
    'timeout',
    'name_not_found',
    'connection_failed',
    'tls_failed',
  ]);
});
