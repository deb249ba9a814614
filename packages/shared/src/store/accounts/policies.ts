import { type Bound, NANO } from '../../contract/cost';
import type { Limits } from '../../contract/limits';

/** Limits of a tenant beside that on submits, and what a new job may use; 0 is no limit. */
export interface Policies {
  readonly openJobs: number;
  readonly tokensPerDay: number;
  readonly nanoPerDay: number;
  /** What is reserved for the job. */
  readonly bound: Bound;
}

/** What is reserved for a job. Where its tenant has no budget it is only remembered that the job is counted. */
export interface Held extends Bound {
  readonly hasBudget: boolean;
}

/** What of a tenant's limits a submit has to look at; null when that is nothing. */
export function policiesOf(limits: Limits, bound: () => Bound): Policies | null {
  const { open_jobs: openJobs, tokens_per_day: tokensPerDay, usd_per_day } = limits;
  if (openJobs === 0 && tokensPerDay === 0 && usd_per_day === 0) return null;
  const hasBudget = tokensPerDay > 0 || usd_per_day > 0;
  // Less than a nano-dollar a day is not no limit.
  const nanoPerDay = Math.ceil(usd_per_day * NANO);
  return { openJobs, tokensPerDay, nanoPerDay, bound: hasBudget ? bound() : { tokens: 0, nano: 0 } };
}

export const packPolicies = ({ openJobs, tokensPerDay, nanoPerDay, bound }: Policies) => ({
  open_jobs: openJobs,
  max_tokens: tokensPerDay,
  max_nano: nanoPerDay,
  tokens: bound.tokens,
  nano: bound.nano,
});

export function heldOf(packed: string): Held | null {
  if (packed === '') return null;
  const [tokens = 0, nano = 0, maxTokens = 0, maxNano = 0] = packed.split(' ').map(Number);
  return { tokens, nano, hasBudget: maxTokens > 0 || maxNano > 0 };
}
