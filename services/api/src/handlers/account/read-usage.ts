import type { Limits } from '@flashcards/shared/contract/limits';
import { Joi } from '@flashcards/shared/contract/text';
import type { DayUsage, HeldUsage } from '@flashcards/shared/store/accounts/usage';
import { endpoint } from '../../http/endpoint';

const MAX_DAYS = 31;

const amount = Joi.number().min(0).required();
const perDay = { tokens_per_day: amount.allow(null), usd_per_day: amount.allow(null) };

const query = Joi.object({
  days: Joi.number()
    .integer()
    .min(1)
    .max(MAX_DAYS)
    .default(MAX_DAYS)
    .description('The number of days to report, today included.'),
});

const daySchema = Joi.object<DayUsage>({
  date: Joi.string().required().description('The day (UTC) on which the jobs ended: `2026-11-24`.'),
  jobs: amount,
  cards: amount,
  cache_hits: amount,
  input_tokens: amount,
  output_tokens: amount,
  cost_usd: amount.description('US dollars. An unknown cost counts as the whole reservation.'),
});

const usageSchema = Joi.object({
  days: Joi.array().items(daySchema).required().description('Today first. Earlier days without jobs are left out.'),
  reserved: Joi.object<HeldUsage>({ open_jobs: amount, tokens: amount, cost_usd: amount })
    .required()
    .description('Reserved by jobs that have not ended. Counted where there are limits.'),
  limits: Joi.object({
    submits_per_minute: amount.allow(null),
    open_jobs: amount.allow(null),
    ...perDay,
    edits_per_minute: amount.allow(null),
    stored_bytes: amount.allow(null).description('Within the time for which a deck is kept.'),
  })
    .required()
    .description('Null: no limit.'),
  left: Joi.object({ open_jobs: amount.allow(null), ...perDay })
    .required()
    .description('What is left today. Null: no limit.'),
});

/** What one's own jobs used by day, the limits and what is left of them. */
export const readUsage = endpoint({
  method: 'get',
  path: '/v1/usage',
  scope: 'jobs:read',
  summary: "One's own use by day, the limits, and what is left of them",
  query,
  answers: { 200: { description: 'The use.', schema: usageSchema } },
  errors: ['invalid_request', 'queue_unavailable'],
  handler: async ({ caller: { tenant, limits }, query: { days: wanted } }, { usageOf }) => {
    const { days, held } = await usageOf(tenant, wanted);
    const body = { days, reserved: held, limits: shown(limits), left: leftOf(limits, held, days[0]) };
    return { status: 200, body };
  },
});

const orNull = (limit: number): number | null => (limit === 0 ? null : limit);

const shown = (limits: Limits) => ({
  submits_per_minute: orNull(limits.submits_per_minute),
  open_jobs: orNull(limits.open_jobs),
  tokens_per_day: orNull(limits.tokens_per_day),
  usd_per_day: orNull(limits.usd_per_day),
  edits_per_minute: orNull(limits.edits_per_minute),
  stored_bytes: orNull(limits.stored_bytes),
});

function leftOf(limits: Limits, held: HeldUsage, today?: DayUsage) {
  const left = (limit: number, used: number): number | null => (limit === 0 ? null : Math.max(0, limit - used));
  const { input_tokens = 0, output_tokens = 0, cost_usd = 0 } = today ?? {};
  return {
    open_jobs: left(limits.open_jobs, held.open_jobs),
    tokens_per_day: left(limits.tokens_per_day, input_tokens + output_tokens + held.tokens),
    usd_per_day: left(limits.usd_per_day, cost_usd + held.cost_usd),
  };
}
