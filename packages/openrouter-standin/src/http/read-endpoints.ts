import type { IncomingMessage } from 'node:http';

import { CATALOGUE, endpointJson, modelJson, slugOf } from '../catalogue';
import { keyOf, notFound } from '../chat/chat';
import { errorBody } from '../chat/error-bodies';
import type { Simulator } from '../simulator';

export interface ReadCall {
  readonly sim: Simulator;
  readonly req: IncomingMessage;
  readonly query: URLSearchParams;
  readonly match: RegExpExecArray;
}
export interface ReadReply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Record<string, string>;
}
type Read = (call: ReadCall) => ReadReply;

const data = (value: unknown): ReadReply => ({ status: 200, body: { data: value } });
const missing: ReadReply = { status: 404, body: notFound };

/** Only for callers with a key; the handler gets the key's hash. */
const withKey =
  (read: (call: ReadCall, keyHash: string) => ReadReply): Read =>
  (call) => {
    const key = keyOf(call.req);
    return typeof key === 'string' ? read(call, call.sim.ledger.keyHash(key)) : { status: 401, body: key };
  };

const keyReply = withKey(({ sim }, hash) => {
  const usage = sim.ledger.spentUsd(hash);
  const limit = sim.config.key_limit_usd;
  const body = {
    label: 'sk-or-v1-sim-...',
    limit,
    limit_remaining: limit === null ? null : Math.max(limit - usage, 0),
    limit_reset: null,
    usage,
    usage_daily: usage,
    usage_weekly: usage,
    usage_monthly: usage,
    byok_usage: 0,
    include_byok_in_limit: false,
    is_free_tier: false,
    is_management_key: false,
    expires_at: null,
    creator_user_id: 'user_sim',
    free_model_daily_requests: { used: 0, limit: 1000, remaining: 1000 },
    rate_limit: { requests: -1, interval: '10s', note: 'This field is deprecated and safe to ignore.' },
  };
  return { status: 200, body: { data: body }, headers: { 'Cache-Control': 'private, no-store' } };
});

const creditsReply = withKey(({ sim }) =>
  sim.config.credits_requires_management
    ? { status: 403, body: errorBody(403, 'Only management keys can perform this operation') }
    : data({ total_credits: sim.config.balance_usd ?? 1000, total_usage: sim.ledger.totals.cost_usd }),
);

const generationReply = withKey(({ sim, query }, hash) => {
  const id = query.get('id') ?? '';
  const entry = sim.ledger.find(id);
  const visible = entry && entry.gen_id === id && entry.key_hash === hash;
  if (!visible || entry.ended_at === null || Date.now() - entry.ended_at < sim.config.generation_lag_ms)
    return { status: 404, body: { error: { message: `Generation ${id} not found`, code: 404 } } };
  return data({
    id,
    upstream_id: null,
    model: entry.model,
    provider_name: slugOf(entry.model).model?.provider ?? 'Standin',
    total_cost: entry.cost_usd,
    usage: entry.cost_usd,
    tokens_prompt: entry.prompt_tokens,
    tokens_completion: entry.completion_tokens,
    native_tokens_prompt: entry.prompt_tokens,
    native_tokens_completion: entry.completion_tokens,
    finish_reason: entry.delivered ? 'stop' : null,
    streamed: entry.stream,
    cancelled: entry.client_aborted_at !== null,
    latency: (entry.first_byte_at ?? entry.ended_at) - entry.received_at,
    generation_time: entry.ended_at - entry.received_at,
    created_at: new Date(entry.received_at).toISOString(),
    is_byok: false,
  });
});

const oneModel = (id: string | undefined, show: (id: string) => ReadReply): ReadReply =>
  id !== undefined && slugOf(decodeURIComponent(id)).model ? show(decodeURIComponent(id)) : missing;

/** The reading routes of the API: a pattern below `/api/v1` and its handler. The first that matches answers. */
export const READS: readonly (readonly [RegExp, Read])[] = [
  [/^\/key$/, keyReply],
  [/^\/auth\/key$/, keyReply],
  [/^\/credits$/, creditsReply],
  [/^\/generation$/, generationReply],
  [/^\/models\/count$/, () => data({ count: CATALOGUE.length })],
  [/^\/models\/user$/, withKey(() => data(CATALOGUE.map(modelJson)))],
  [
    /^\/models$/,
    () => ({
      status: 200,
      body: { data: CATALOGUE.map(modelJson), total_count: CATALOGUE.length, links: { next: null } },
    }),
  ],
  [/^\/endpoints\/zdr$/, () => data(CATALOGUE.filter(({ zdr }) => zdr).map(endpointJson))],
  [
    /^\/models\/(.+)\/endpoints$/,
    ({ match }) =>
      oneModel(match[1], (id) => {
        const model = slugOf(id).model;
        return model ? data({ ...modelJson(model), endpoints: [endpointJson(model)] }) : missing;
      }),
  ],
  [
    /^\/model\/(.+)$/,
    ({ match }) =>
      oneModel(match[1], (id) => {
        const model = slugOf(id).model;
        return model ? data(modelJson(model)) : missing;
      }),
  ],
];
