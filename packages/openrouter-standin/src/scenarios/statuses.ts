import { sendError, sendWhole } from '../http/call';
import type { Call } from '../http/call';
import {
  context400,
  credits402,
  errorBody,
  funnel,
  invalidSchema400,
  keyLimit402,
  parameters404,
  privacy404,
  USER,
} from '../chat/error-bodies';
import type { Metadata } from '../chat/error-bodies';
import { numberParam } from './scenario';
import type { Params, Scenario, ScenarioTable } from './scenario';

const upstream = (call: Call, more: Metadata = {}): Metadata => ({ provider_name: call.model.provider, ...more });

type ErrorMaker = (call: Call, params: Params) => { body: object; headers?: Record<string, string> };

const fails = (status: number, about: string, makeError: ErrorMaker, more: Partial<Scenario> = {}): Scenario => ({
  about,
  ...more,
  run: (call, params) => {
    const { body, headers } = makeError(call, params);
    sendError(call, status, body, { ...headers, ...hintHeaders(params) });
  },
});

/** `retry_after` may be seconds, `-1`, a word, or `date+N`: an HTTP date so many seconds ahead. */
function hint(params: Params): string | null {
  const given = params['retry_after'];
  if (given === undefined || given === 'none') return null;
  const date = /^date\+(\d+)$/.exec(given);
  return date ? new Date(Date.now() + Number(date[1]) * 1000).toUTCString() : given;
}

const places = (params: Params): readonly string[] => (params['hint_place'] ?? 'header').split(',');

function hintHeaders(params: Params): Record<string, string> {
  const value = hint(params);
  if (value === null) return {};
  const resetMs = String(Date.now() + Number(value) * 1000);
  return {
    ...(places(params).includes('header') ? { 'Retry-After': value } : {}),
    ...(places(params).includes('reset') ? { 'X-RateLimit-Reset': resetMs } : {}),
  };
}

const HINT_PARAMS = {
  retry_after: 'seconds, `date+N`, or any odd value such as `-1`, `86400`, `abc`; no hint by default',
  hint_place:
    'comma-separated list of `header` (default), `retry_after_seconds`, `metadata_headers`, `availability`, `reset`',
};

/** The hint inside the body, in each requested position. */
function hintInBody(params: Params): { metadata: Metadata; error: Metadata } {
  const value = hint(params);
  if (value === null) return { metadata: {}, error: {} };
  const seconds = Number(value);
  const at = places(params);
  return {
    metadata: {
      ...(at.includes('retry_after_seconds') ? { retry_after_seconds: seconds, retry_after_seconds_raw: seconds } : {}),
      ...(at.includes('metadata_headers') ? { headers: { 'Retry-After': value } } : {}),
    },
    error: at.includes('availability')
      ? { availability: { code: 'capacity_exhausted', retryable: true, retry_after: seconds } }
      : {},
  };
}

const tooMany: ErrorMaker = (call, params) => {
  const makeError = hintInBody(params);
  const metadata = upstream(call, {
    raw: `${call.model.id} is temporarily rate-limited upstream. Please retry shortly.`,
    is_byok: false,
    provider_error_code: 'rate_limit_exceeded',
    limit_source: 'upstream_provider_shared_pool',
    ...makeError.metadata,
  });
  return { body: { error: { message: 'Provider returned error', code: 429, metadata, ...makeError.error }, ...USER } };
};

const freeCap: ErrorMaker = (_call, params) => {
  const headers = {
    'X-RateLimit-Limit': params['per'] === 'day' ? '50' : '20',
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': String(Date.now() + numberParam(params, 'reset_s', 36_000) * 1000),
  };
  return {
    body: errorBody(429, `Rate limit exceeded: free-models-per-${params['per'] ?? 'day'}`, { headers }),
    headers,
  };
};

const fixed =
  (code: number, message: string, metadata?: Metadata): ErrorMaker =>
  () => ({ body: errorBody(code, message, metadata) });

const providerFails =
  (code: number, more: Metadata = {}): ErrorMaker =>
  (call, params) => ({
    body: errorBody(code, 'Provider returned error', upstream(call, { ...more, ...hintInBody(params).metadata })),
  });

const inFlight: ErrorMaker = (_call, params) => ({
  body: errorBody(
    402,
    'This request would exceed your available credits given your current in-flight requests. Retry after in-flight requests settle, or add credits.',
    {
      reason: 'in_flight_budget_exhausted',
      limit_source: 'openrouter_in_flight_budget',
      remedy_hint: 'Wait for running requests to settle, or add credits.',
      headers: { 'Retry-After': params['retry_after'] ?? '120' },
    },
  ),
  headers: { 'Retry-After': params['retry_after'] ?? '120' },
});

const strict = "In context=(), 'additionalProperties' is required to be supplied and to be false.";
const moderation: ErrorMaker = (call) => ({
  body: errorBody(403, 'Your input was flagged by moderation.', {
    reasons: ['violence'],
    flagged_input: (call.request.messages.at(-1)?.content ?? '').slice(0, 100),
    provider_name: call.model.provider,
    model_slug: call.model.id,
  }),
});
const html = (title: string): string =>
  `<!DOCTYPE html><html><head><title>openrouter.ai | ${title}</title></head><body><h1>${title}</h1></body></html>`;

const whole = (
  status: number,
  contentType: string,
  body: string,
  about: string,
  more: Partial<Scenario> = {},
): Scenario => ({
  about,
  ...more,
  run: (call, params) => sendWhole(call, numberParam(params, 'code', status), contentType, body, hintHeaders(params)),
});

const moves = { failsOver: true } as const;
const hinted = { params: HINT_PARAMS, failsOver: true } as const;

/** Replies with an error status, or with a body that does not match its content type. */
export const statuses: ScenarioTable = {
  '400': fails(400, 'A parameter the provider refuses.', fixed(400, 'Invalid request parameters')),
  '400_schema': fails(400, 'The provider refuses the schema; the reason is JSON in `metadata.raw`.', (call) => ({
    body: invalidSchema400(call.model.provider, 'flashcards', strict),
  })),
  '400_context': fails(
    400,
    'Prompt and `max_tokens` exceed the context.',
    () => ({ body: context400(8192, 9000) }),
    moves,
  ),
  '400_policy': fails(
    400,
    'Refused for its content.',
    fixed(400, 'Provider returned error', { error_type: 'content_policy_violation' }),
  ),
  '400_zod': fails(400, 'The other error shape, without `code`.', () => ({
    body: { success: false, error: { name: 'ZodError', message: '[{"code":"invalid_type","path":["messages"]}]' } },
  })),
  '401': fails(401, 'The key is unknown or switched off.', () => ({
    body: { error: { message: 'User not found.', code: 401 } },
  })),
  '402': fails(402, 'No credits left.', () => ({ body: credits402() })),
  '402_request': fails(
    402,
    'This one request exceeds the budget for running requests.',
    fixed(402, 'This request requires more credits, or fewer max_tokens.', {
      reason: 'weight_exceeds_budget',
      limit_source: 'openrouter_credits',
    }),
  ),
  '402_key': fails(402, "The key's own limit is spent.", () => ({ body: keyLimit402() })),
  '402_in_flight': fails(402, 'Temporary: running requests hold the balance.', inFlight, {
    params: { retry_after: 'seconds, default 120; in the header and in `metadata.headers`' },
  }),
  '402_old': fails(
    402,
    'The older wording, without `limit_source`.',
    fixed(
      402,
      'This request requires more credits, or fewer max_tokens. You requested up to 65536 tokens, but can only afford 3395.',
      {
        provider_name: null,
      },
    ),
  ),
  '403': fails(403, 'Flagged by moderation; echoes up to 100 characters of the text.', moderation, moves),
  '403_budget': fails(
    403,
    'A budget of the workspace is spent.',
    fixed(403, 'Workspace monthly budget of $500.00 exceeded. Contact your org admin.', {
      limit_source: 'openrouter_workspace_budget',
      limit_usd: 500,
      spend_usd: 500.01,
    }),
  ),
  '403_guardrail': fails(
    403,
    'Blocked by a guardrail.',
    fixed(403, 'Request blocked: prompt matched a pattern.', { patterns: ['sim'] }),
  ),
  '404': fails(404, 'The model was withdrawn.', (call) => ({
    body: errorBody(404, `No endpoints found for ${call.model.id}.`),
  })),
  '404_parameters': fails(404, '`require_parameters` leaves no endpoint.', () => ({ body: parameters404() })),
  '404_privacy': fails(404, 'The data policy leaves no endpoint.', () => ({ body: privacy404('Zero data retention') })),
  '404_guardrail': fails(
    404,
    'Guardrails and data policy leave no endpoint.',
    fixed(
      404,
      'No endpoints available matching your guardrail restrictions and data policy',
      funnel('Filter by Guardrails'),
    ),
  ),
  '404_providers': fails(
    404,
    '`only` and `ignore` leave no provider.',
    fixed(404, 'No allowed providers are available for the selected model.'),
  ),
  '408': fails(408, 'Timed out inside the service.', fixed(408, 'Operation timed out. Please try again later.')),
  '413': fails(413, 'Body too large.', fixed(413, 'Request payload too large')),
  '422': fails(422, 'Valid, but cannot be processed.', fixed(422, 'Invalid argument')),
  '429': fails(429, 'Limited by the provider, with or without a hint when to come back.', tooMany, hinted),
  '429_free': fails(429, 'The cap of free models; `X-RateLimit-Reset` is in milliseconds.', freeCap, {
    params: { per: '`day` (default) or `min`', reset_s: 'seconds until the reset, default 36000' },
  }),
  '429_text': whole(429, 'text/plain', 'error code: 1015', 'Limited at the edge: plain text.', {
    params: { retry_after: 'seconds' },
  }),
  '500': fails(500, 'Internal error.', fixed(500, 'Internal Server Error'), moves),
  '502': fails(
    502,
    'The provider is down or answered nonsense.',
    providerFails(502, { error_type: 'provider_unavailable' }),
    hinted,
  ),
  '503': fails(503, 'No provider can take the request.', fixed(503, 'No backends available'), hinted),
  '504': fails(504, 'The provider did not answer in time.', providerFails(504, { error_type: 'timeout' }), moves),
  '524': fails(524, 'Timed out at the edge.', fixed(524, 'Request timed out. Please try again later.')),
  '529': fails(529, 'The provider is overloaded.', providerFails(529, { error_type: 'provider_overloaded' }), hinted),
  status: {
    about: 'Any status, with a plain error body.',
    params: { code: 'the status, default 418', ...HINT_PARAMS },
    run: (call, params) => {
      const code = numberParam(params, 'code', 418);
      sendError(call, code, errorBody(code, 'Unexpected error'), hintHeaders(params));
    },
  },
  html: whole(502, 'text/html; charset=utf-8', html('502: Bad gateway'), 'A web page instead of JSON.', {
    params: { code: 'default 502; also `200`' },
  }),
  text: whole(503, 'text/plain', 'upstream connect error', 'Plain text instead of JSON.', {
    params: { code: 'default 503' },
  }),
  empty: whole(502, 'application/json', '', 'An empty body.', { params: { code: 'default 502; also `200`' } }),
  '200_error': {
    about: 'Status 200, and the body is an error.',
    params: { code: 'the inner code, default 500', retry_after: 'seconds, in `metadata.headers`' },
    run: (call, params) => {
      const code = numberParam(params, 'code', 500);
      const message = code === 500 ? 'Internal Server Error' : 'Provider returned error';
      const seconds = params['retry_after'];
      sendError(
        call,
        200,
        errorBody(code, message, seconds === undefined ? undefined : { headers: { 'Retry-After': seconds } }),
      );
    },
  },
};
