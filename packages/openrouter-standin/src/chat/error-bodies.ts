export const USER = { user_id: 'user_sim' };
/** The open part of an error. */
export type Metadata = Record<string, unknown>;

/** An error as the API words it: `message`, `code`, `metadata`, then `user_id`. */
export const errorBody = (code: number, message: string, metadata?: Metadata) => ({
  error: { message, code, ...(metadata ? { metadata } : {}) },
  ...USER,
});

/** The outcome of the search for an endpoint. */
export const funnel = (step: string): Metadata => ({
  routing_funnel: [{ step: 'Initial Endpoints', endpoint_count: 1 }],
  failed_routing_step: step,
});

// The answers to a request that its model cannot serve. Scenarios give the same answers on demand.

export const privacy404 = (policy: string) =>
  errorBody(
    404,
    `No endpoints found matching your data policy (${policy}). Configure: https://openrouter.ai/settings/privacy`,
    funnel('Filter by Data Policy'),
  );
export const parameters404 = () =>
  errorBody(404, 'No endpoints found that can handle the requested parameters.', funnel('Filter by Parameters'));
export const credits402 = () =>
  errorBody(402, 'Insufficient credits. Add more using https://openrouter.ai/settings/credits', {
    limit_source: 'openrouter_credits',
  });
export const keyLimit402 = () =>
  errorBody(402, 'Key limit exceeded. Manage it using https://openrouter.ai/settings/keys', {
    limit_source: 'openrouter_key_limit',
  });
export const invalidSchema400 = (provider: string, name: string, why: string) =>
  errorBody(400, 'Provider returned error', {
    raw: JSON.stringify({
      error: {
        message: `Invalid schema for response_format '${name}': ${why}`,
        type: 'invalid_request_error',
        param: 'response_format',
        code: null,
      },
    }),
    provider_name: provider,
  });
export const context400 = (limit: number, needed: number) =>
  errorBody(
    400,
    `This endpoint's maximum context length is ${limit} tokens. However, you requested about ${needed} tokens.`,
    {
      error_type: 'context_length_exceeded',
    },
  );
