import { Joi } from './text';

/** What a tenant may use; 0 is no limit. Days are those of UTC. */
export interface Limits {
  readonly submits_per_minute: number;
  readonly open_jobs: number;
  readonly tokens_per_day: number;
  readonly usd_per_day: number;
  readonly edits_per_minute: number;
  /** Texts, decks and edits that were stored within the time for which a deck is kept. */
  readonly stored_bytes: number;
}

export const NO_LIMITS: Limits = {
  submits_per_minute: 0,
  open_jobs: 0,
  tokens_per_day: 0,
  usd_per_day: 0,
  edits_per_minute: 0,
  stored_bytes: 0,
};

const whole = Joi.number().integer().min(0).max(1e12);

/** The fields of `Limits`, each optional: what is missing is as the deployment has it. */
export const limitsSchema = Joi.object<Partial<Limits>>({
  submits_per_minute: whole.max(1e6),
  open_jobs: whole,
  tokens_per_day: whole,
  usd_per_day: Joi.number().min(0).max(1e6),
  edits_per_minute: whole.max(1e6),
  stored_bytes: whole,
}).description("A tenant's limits; 0 is no limit, and what is missing is as the deployment has it.");
