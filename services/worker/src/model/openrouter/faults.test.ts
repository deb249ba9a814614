import { type Fault, faultError, networkFault, statusRule } from './faults';

describe('the meaning of a status', () => {
  test.each([
    [400, 'model_rejected', 'never', 'no', 'http_400'],
    [401, 'model_auth', 'never', 'no', 'http_401'],
    [402, 'model_budget', 'never', 'no', 'http_402'],
    [403, 'model_rejected', 'never', 'no', 'http_403'],
    [404, 'model_rejected', 'never', 'no', 'http_404'],
    [408, 'model_unavailable', 'backoff', 'maybe', 'http_408'],
    [413, 'model_rejected', 'change', 'no', 'http_413'],
    [422, 'model_rejected', 'never', 'no', 'http_422'],
    [429, 'model_rate_limited', 'pause', 'no', 'http_429'],
    [500, 'model_unavailable', 'backoff', 'no', 'http_500'],
    [502, 'model_unavailable', 'backoff', 'no', 'http_502'],
    [503, 'model_unavailable', 'backoff', 'no', 'http_503'],
    [504, 'model_unavailable', 'backoff', 'maybe', 'http_504'],
    [524, 'model_unavailable', 'backoff', 'maybe', 'http_524'],
    [529, 'model_unavailable', 'backoff', 'no', 'http_529'],
    [521, 'model_unavailable', 'backoff', 'no', 'http_521'],
    [302, 'model_rejected', 'never', 'no', 'http_3xx'],
    [418, 'model_rejected', 'never', 'no', 'http_4xx'],
    [599, 'model_unavailable', 'backoff', 'maybe', 'http_5xx'],
    [999, 'model_unavailable', 'backoff', 'maybe', 'http_5xx'],
  ])('%i is %s, %s, billed: %s, and is called %s', (status, code, action, billed, reason) => {
    expect(statusRule(status)).toEqual({ code, action, billed, reason });
  });
});

describe('a fault of the network', () => {
  test.each([
    ['ECONNREFUSED', 'refused'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['EHOSTUNREACH', 'unreachable'],
    ['ETIMEDOUT', 'unreachable'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['HANG_CONNECT', 'hang_connect'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['HPE_INVALID_CONSTANT', 'bad_http'],
    ['Z_DATA_ERROR', 'bad_http'],
    ['ERR_BAD_REQUEST', 'request_too_large'],
    ['ENETUNREACH', 'unreachable'],
    ['EADDRNOTAVAIL', 'unreachable'],
    ['ECONNABORTED', 'reset'],
    ['ERR_STREAM_PREMATURE_CLOSE', 'reset'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['EPROTO', 'tls'],
    ['SOMETHING_NEW', 'network'],
    ['', 'network'],
  ])('with the code %p is called %s', (code, fault) => expect(networkFault(code)).toBe(fault));
});

test.each([
  'HANG_CONNECT', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT', 'EPROTO', 'ERR_TLS_X', 'ECONNRESET',
  'EPIPE', 'HPE_X', 'Z_X', 'ERR_BAD_REQUEST',
])('a code that only holds %s is another one', (code) => expect(networkFault(`X${code}`)).toBe('network')); // prettier-ignore

test.each([
  'HANG_CONNECT',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPROTO',
  'ECONNRESET',
  'EPIPE',
  'ERR_BAD_REQUEST',
])('a code that only begins with %s is another one', (code) => expect(networkFault(`${code}X`)).toBe('network'));

const AGAIN = 'model_unavailable backoff maybe';
const FAULTS: Readonly<Record<Fault, string>> = {
  refused: AGAIN, dns: AGAIN, unreachable: AGAIN, tls: AGAIN, hang_connect: AGAIN, hang_headers: AGAIN, hang_first_content: AGAIN,
  hang_content: AGAIN, deadline: AGAIN, aborted: AGAIN, reset: AGAIN, bad_http: AGAIN, network: AGAIN, empty_body: AGAIN, text: AGAIN,
  no_finish: AGAIN, finish_error: AGAIN,
  html: 'model_unavailable backoff no',
  no_choices: 'model_output_invalid backoff maybe',
  bad_event: 'model_output_invalid backoff maybe',
  too_large: 'model_output_invalid change maybe',
  blank: 'model_output_invalid change yes',
  content_filter: 'model_rejected never yes',
  refusal: 'model_rejected never yes',
  model_not_allowed: 'model_rejected never no',
  request_too_large: 'model_rejected change no',
}; // prettier-ignore

test.each(Object.entries(FAULTS) as [Fault, string][])('a call that ends as %s is %s', (fault, meaning) => {
  const { code, action, billed, reason } = faultError(fault);
  expect([`${code} ${action} ${billed}`, reason]).toEqual([meaning, fault]);
});

describe('what a failure cost', () => {
  test('nothing when it was never sent', () => {
    expect(faultError('reset', { sent: false })).toMatchObject({ billed: 'no', usage: null });
  });
  test('perhaps something, of unknown cost, when it was sent', () => {
    const usage = { input_tokens: 0, output_tokens: 0, cost_usd: null };
    expect(faultError('reset')).toMatchObject({ billed: 'maybe', usage });
  });
  test('what its usage says, whatever the failure', () => {
    const usage = { input_tokens: 3, output_tokens: 1, cost_usd: 0.5 };
    expect(faultError('no_finish', { usage })).toMatchObject({ billed: 'yes', usage });
    expect(faultError('blank', { usage: { ...usage, cost_usd: 0 } })).toMatchObject({ billed: 'no' });
    expect(faultError('blank', { usage: { ...usage, cost_usd: null } })).toMatchObject({ billed: 'yes' });
  });
});
