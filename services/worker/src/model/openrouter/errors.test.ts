import { inspect } from 'node:util';

import { FORMAT_REASONS, insideError, statusError } from './errors';
import { MAX_PAUSE_MS } from './retry-hint';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const of = (status: number, error: unknown, headers = {}) => statusError(status, headers, error, NOW);
const meta = (message: string, metadata: object) => ({ message, metadata });
const available = (code: string, more = {}) => ({ message: 'x', availability: { code, ...more } });

describe('a status with several meanings', () => {
  const rows: [string, number, unknown, string, string, string][] = [
    ['balance spent', 402, meta('x', { limit_source: 'openrouter_credits' }), 'model_budget', 'never', 'http_402'],
    [
      'one call too dear',
      402,
      meta('x', { limit_source: 'openrouter_credits', reason: 'weight_exceeds_budget' }),
      'model_budget',
      'change',
      'request_too_dear',
    ],
    ['key limit', 402, meta('x', { limit_source: 'openrouter_key_limit' }), 'model_budget', 'never', 'key_limit'],
    [
      'money held by running calls',
      402,
      meta('x', { limit_source: 'openrouter_in_flight_budget', reason: 'in_flight_budget_exhausted' }),
      'model_rate_limited',
      'pause',
      'in_flight_budget',
    ],
    [
      'older text, some money left',
      402,
      meta('You requested up to 65536 tokens, but can only afford 3395.', { provider_name: null }),
      'model_budget',
      'change',
      'request_too_dear',
    ],
    ['older text, no money left', 402, { message: 'can only afford 0.' }, 'model_budget', 'never', 'http_402'],
    ['moderation', 403, meta('x', { reasons: ['violence'] }), 'model_rejected', 'never', 'moderation'],
    ['guardrail', 403, meta('Request blocked: x', { patterns: ['p'] }), 'model_rejected', 'never', 'guardrail'],
    [
      'workspace budget',
      403,
      { message: 'Workspace monthly budget of $500.00 exceeded. Contact x.' },
      'model_budget',
      'never',
      'budget',
    ],
    ['key limit as a 403', 403, meta('x', { limit_source: 'openrouter_key_limit' }), 'model_budget', 'never', 'budget'],
    ['wrong kind of key', 403, { message: 'Management keys cannot' }, 'model_auth', 'never', 'key_type'],
    ['guardrail by its patterns', 403, meta('x', { patterns: ['p'] }), 'model_rejected', 'never', 'guardrail'],
    ['guardrail by its words', 403, { message: ' request blocked by a rule' }, 'model_rejected', 'never', 'guardrail'],
    ['words of a guardrail elsewhere', 403, { message: 'The request blocked' }, 'model_rejected', 'never', 'http_403'],
    ['a limit at the top', 402, { limit_source: 'openrouter_key_limit' }, 'model_budget', 'never', 'key_limit'],
    ['credits as a 403', 403, meta('x', { limit_source: 'credits' }), 'model_budget', 'never', 'budget'],
    ['a flagged input', 403, meta('x', { flagged_input: 'y' }), 'model_rejected', 'never', 'moderation'],
    ['too many tokens', 400, { error_type: 'max_tokens_exceeded' }, 'model_rejected', 'change', 'context_length'],
    ['too long a string', 400, { code: 'string_too_long' }, 'model_rejected', 'change', 'context_length'],
    ['the limit of tokens', 400, { code: 'token_limit_exceeded' }, 'model_rejected', 'change', 'context_length'],
    ['too long a context', 400, { code: 'context_length_exceeded' }, 'model_rejected', 'change', 'context_length'],
    ['too large a window', 400, { message: 'beyond the context window' }, 'model_rejected', 'change', 'context_length'],
    [
      'an unknown model, by text',
      404,
      { message: 'The model `x/y` does not exist' },
      'model_rejected',
      'never',
      'unknown_model',
    ],
    ['region', 403, available('region_restricted'), 'model_rejected', 'never', 'region'],
    ['other 403', 403, { message: 'No' }, 'model_rejected', 'never', 'http_403'],
    [
      'no endpoint has the parameters',
      404,
      { message: 'No endpoints found that can handle the requested parameters.' },
      'model_rejected',
      'never',
      'no_endpoint_parameters',
    ],
    [
      'privacy',
      404,
      { message: 'No endpoints found matching your data policy (Zero data retention). Configure: x' },
      'model_rejected',
      'never',
      'no_endpoint_privacy',
    ],
    [
      'guardrails and privacy',
      404,
      { message: 'No endpoints available matching your guardrail restrictions and data policy' },
      'model_rejected',
      'never',
      'no_endpoint_privacy',
    ],
    [
      'privacy by the step that failed',
      404,
      meta('No endpoints found that can handle the requested parameters.', {
        failed_routing_step: 'Filter by Data Policy',
      }),
      'model_rejected',
      'never',
      'no_endpoint_privacy',
    ],
    ['withdrawn', 404, { message: 'No endpoints found for a/b.' }, 'model_rejected', 'never', 'no_endpoint_model'],
    [
      'for now only',
      404,
      available('no_endpoints', { retryable: true, retry_after: 7 }),
      'model_unavailable',
      'backoff',
      'no_endpoint_now',
    ],
    [
      'too long',
      400,
      meta('x', { error_type: 'context_length_exceeded' }),
      'model_rejected',
      'change',
      'context_length',
    ],
    [
      'too long, by text',
      400,
      { message: "This model's maximum context length is 8192" },
      'model_rejected',
      'change',
      'context_length',
    ],
    [
      'refused content',
      400,
      meta('x', { error_type: 'content_policy_violation' }),
      'model_rejected',
      'never',
      'content_policy',
    ],
    ['unknown model', 400, { message: 'x/y is not a valid model ID' }, 'model_rejected', 'never', 'unknown_model'],
    ['a rule broken', 400, { name: 'ZodError', message: '[{}]' }, 'model_rejected', 'never', 'http_400'],
    ['no error in the body', 502, undefined, 'model_unavailable', 'backoff', 'http_502'],
    ['an error that is text', 500, 'Internal', 'model_unavailable', 'backoff', 'http_500'],
  ];
  test.each(rows)('%s (%i)', (_title, status, error, code, action, reason) => {
    expect(of(status, error)).toMatchObject({ code, action, reason, billed: 'no', usage: null });
  });
});

describe('a format that a model cannot do', () => {
  test.each([
    meta('Provider returned error', {
      raw: '{"error":{"message":"Invalid schema for response_format \'flashcards\'"}}',
    }),
    meta('Provider returned error', {
      raw: { error: { message: "x does not support 'json_schema' response format." } },
    }),
    { message: 'response_format is not supported by this model' },
    { message: "'messages' must contain the word 'json' in some form" },
    { message: 'Structured outputs are not supported' },
    { message: 'structured_output is unavailable here' },
    { message: 'JSON mode is currently not available' },
    { message: 'This model doesn’t do that: it cannot support strict structured outputs' },
    { message: "It doesn't support json_object" },
    { message: 'Unknown parameter: response_format' },
    { message: 'unrecognized field response_format' },
  ])('is recognised by %j', (error) => expect(of(400, error).reason).toBe('unsupported_format'));

  test('is never a matter of privacy', () => {
    expect(FORMAT_REASONS.has(of(404, { message: 'matching your data policy' }).reason)).toBe(false);
  });
});

describe('the wait after a 429', () => {
  const headers = (value: string, name = 'Retry-After') => ({ metadata: { headers: { [name]: value } } });
  const rows: [string, unknown, Record<string, string>, number][] = [
    ['seconds in the header', {}, { 'retry-after': '2' }, 2000],
    ['an HTTP date', {}, { 'retry-after': new Date(NOW + 9000).toUTCString() }, 9000],
    ['a date gone by', {}, { 'retry-after': new Date(NOW - 9000).toUTCString() }, 250],
    ['the header before all else', { metadata: { retry_after_seconds: 9 } }, { 'retry-after': '2' }, 2000],
    ['availability', { availability: { retry_after: 4 }, metadata: { retry_after_seconds: 9 } }, {}, 4000],
    ['metadata', { metadata: { retry_after_seconds: 9, headers: { 'Retry-After': '3' } } }, {}, 9000],
    ['headers in metadata', headers('3'), {}, 3000],
    ['a reset in milliseconds', {}, { 'x-ratelimit-reset': String(NOW + 6000) }, 6000],
    ['a reset in metadata', headers(String(NOW + 6000), 'X-RateLimit-Reset'), {}, 6000],
    ['a reset in seconds', {}, { 'x-ratelimit-reset': String(NOW / 1000 + 6) }, 6000],
    ['a reset hours away', {}, { 'x-ratelimit-reset': String(NOW + 36_000_000) }, MAX_PAUSE_MS],
    ['an absurd hint', {}, { 'retry-after': '86400' }, MAX_PAUSE_MS],
    ['a negative one, which is none', {}, { 'retry-after': '-5' }, 5000],
    ['a word, which is none', {}, { 'retry-after': 'abc' }, 5000],
    ['a bad header and a good place after it', headers('3'), { 'retry-after': 'abc' }, 3000],
    ['zero', {}, { 'retry-after': '0' }, 250],
    ['parts of a second', {}, { 'retry-after': ' 1.25 ' }, 1250],
    ['a number', { availability: { retry_after: 7 } }, {}, 7000],
    ['a negative number, which is none', { availability: { retry_after: -7 } }, {}, 5000],
    ['no number at all', { availability: { retry_after: true } }, {}, 5000],
    ['what only ends as a number, which is none', {}, { 'retry-after': 'x7' }, 5000],
    ['what only begins as one', {}, { 'retry-after': '7x' }, 5000],
    ['a date without its day, which is none', {}, { 'retry-after': '2 Jan 2026 03:04:14 GMT' }, 5000],
    ['a date with something in front, which is none', {}, { 'retry-after': '1 Fri, 02 Jan 2026 03:04:14 GMT' }, 5000],
    ['a date as other servers write it', {}, { 'retry-after': 'Fri Jan 2 2026 03:04:14 GMT' }, 9000],
    ['no hint', {}, {}, 5000],
  ];
  test.each(rows)('follows %s', (_title, error, hints, wait) => {
    expect(of(429, error, hints)).toMatchObject({ action: 'pause', retryAfterMs: wait });
  });

  test('is longer for money held by running calls', () => {
    const error = meta('x', { limit_source: 'openrouter_in_flight_budget' });
    expect(of(402, error).retryAfterMs).toBe(30_000);
    expect(of(402, error, { 'retry-after': '120' }).retryAfterMs).toBe(120_000);
  });

  test('is no part of what is not to be repeated, and optional for a 503', () => {
    expect(of(400, {}, { 'retry-after': '2' }).retryAfterMs).toBeNull();
    expect(of(503, {}).retryAfterMs).toBeNull();
    expect(of(503, {}, { 'retry-after': '2' }).retryAfterMs).toBe(2000);
  });
});

describe('an error inside a 200', () => {
  const inside = (error: unknown, content = false) => insideError(error, {}, { content, usage: null }, NOW);
  test.each([
    [{ code: 500 }, 'model_unavailable', 'error_in_200'],
    [{ code: '429' }, 'model_rate_limited', 'error_in_200'],
    [{ code: 'server_error' }, 'model_unavailable', 'error_in_200'],
    [{ code: null, metadata: { error_type: 'rate_limit_exceeded' } }, 'model_rate_limited', 'error_in_200'],
    [{ error_type: 'authentication' }, 'model_auth', 'error_in_200'],
    [{ http_status: 402 }, 'model_budget', 'error_in_200'],
    [{ code: 402, metadata: { limit_source: 'openrouter_key_limit' } }, 'model_budget', 'key_limit'],
    [{ code: 'brand_new' }, 'model_unavailable', 'error_in_200'],
    ['text', 'model_unavailable', 'error_in_200'],
  ])('%j means what its own code means: %s', (error, code, reason) => {
    expect(inside(error)).toMatchObject({ code, reason, billed: 'no' });
  });

  test.each([
    [{ code: 299 }, 'model_unavailable'],
    [{ code: 300 }, 'model_rejected'],
    [{ code: 599 }, 'model_unavailable'],
    [{ code: 600, type: 'rate_limit_error' }, 'model_rate_limited'],
    [{ code: 429.5, name: 'ZodError' }, 'model_rejected'],
    [{ code: 'toString', error_type: 'permission_denied' }, 'model_rejected'],
    [['a list'], 'model_unavailable'],
    [null, 'model_unavailable'],
  ])('%j is read as far as it is a status', (error, code) => expect(inside(error)).toMatchObject({ code }));

  test('counts from 200 to 299, and elsewhere the answer’s own status does', () => {
    expect(of(299, { code: 429 })).toMatchObject({ code: 'model_rate_limited' });
    expect(of(300, { code: 429 })).toMatchObject({ code: 'model_rejected', reason: 'http_3xx' });
    expect(of(199, { code: 429 })).toMatchObject({ code: 'model_unavailable', reason: 'http_1xx' });
  });

  test('after some content may be billed', () => {
    expect(inside({ code: 502 }, true)).toMatchObject({ reason: 'error_mid_stream', billed: 'maybe' });
  });
});

test('nothing that an error says reaches what we throw', () => {
  const secret = 'the-secret-text';
  const error = meta(secret, { raw: secret, flagged_input: secret, reasons: [secret], provider_name: secret });
  for (const status of [400, 402, 403, 404, 429, 500]) {
    const thrown = of(status, { ...error, code: secret, type: secret }, { 'x-generation-id': secret });
    expect(inspect(thrown, { depth: 9, showHidden: true }) + JSON.stringify(thrown)).not.toContain(secret);
  }
});
