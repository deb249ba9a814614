import Joi from 'joi';
import type { Limits } from '@flashcards/shared/contract/limits';
import type { DayUsage, HeldUsage } from '@flashcards/shared/store/accounts/usage';
import type { Answer, Deps, Input } from '../../http/endpoint';

const MAX_DAYS = 31;

const amount = Joi.number().min(0).required();
const perDay = { tokens_per_day: amount.allow(null), usd_per_day: amount.allow(null) };

export const usageQuery = Joi.object({
  days: Joi.number()
    .integer()
    .min(1)
    .max(MAX_DAYS)
    .default(MAX_DAYS)
    .description('The number of days to report, today included.'),
});

export const usageSchema = Joi.object({
  days: Joi.array()
    .items(
      Joi.object({
        date: Joi.string().required().description('The day (UTC) on which the jobs ended: `2026-11-24`.'),
        jobs: amount,
        cards: amount,
        cache_hits: amount,
        input_tokens: amount,
        output_tokens: amount,
        cost_usd: amount.description('US dollars. An unknown cost counts as the whole reservation.'),
      }),
    )
    .required()
    .description('Today first. Earlier days without jobs are left out.'),
  reserved: Joi.object({ open_jobs: amount, tokens: amount, cost_usd: amount })
    .required()
    .description('Reserved by jobs that have not ended. Counted where there are limits.'),
  limits: Joi.object({ submits_per_minute: amount.allow(null), open_jobs: amount.allow(null), ...perDay })
    .required()
    .description('Null: no limit.'),
  left: Joi.object({ open_jobs: amount.allow(null), ...perDay })
    .required()
    .description('What is left today. Null: no limit.'),
});

/** `GET /v1/usage`: what one's own jobs used by day, the limits and what is left of them. */
export async function readUsage({ caller, query }: Input<never, { days: number }>, { usageOf }: Deps): Promise<Answer> {
  const { days, held } = await usageOf(caller.tenant, query.days);
  return {
    status: 200,
    body: { days, reserved: held, limits: shown(caller.limits), left: leftOf(caller.limits, held, days[0]) },
  };
}

const orNull = (limit: number): number | null => (limit === 0 ? null : limit);

const shown = ({ submits_per_minute, open_jobs, tokens_per_day, usd_per_day }: Limits): object => ({
  submits_per_minute: orNull(submits_per_minute),
  open_jobs: orNull(open_jobs),
  tokens_per_day: orNull(tokens_per_day),
  usd_per_day: orNull(usd_per_day),
});

function leftOf(limits: Limits, held: HeldUsage, today?: DayUsage): object {
  const left = (limit: number, used: number): number | null => (limit === 0 ? null : Math.max(0, limit - used));
  const { input_tokens = 0, output_tokens = 0, cost_usd = 0 } = today ?? {};
  return {
    open_jobs: left(limits.open_jobs, held.open_jobs),
    tokens_per_day: left(limits.tokens_per_day, input_tokens + output_tokens + held.tokens),
    usd_per_day: left(limits.usd_per_day, cost_usd + held.cost_usd),
  };
}
