import { type Bound, NANO, type Price, boundOf, maxTokensOf } from '@flashcards/shared/contract/cost';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { type CompletionRequest, ModelError, rule } from './port';

/** Lets a call be made, or throws `model_budget` where its tenant's budget does not allow it. */
export type Permit = (request: CompletionRequest) => Promise<void>;

export interface AllowanceParts {
  readonly price: Price | null;
  readonly extend: (run: Run, more: Bound) => Promise<boolean>;
}

const OVER_BUDGET = rule('tenant_budget', ['model_budget', 'never', 'no']);
const FRAME_TOKENS = 500;

const nothing: Permit = () => Promise.resolve();

/** The most that a call may use: a token for each byte that is sent, and all the output that it allows. */
export function callBound({ messages, schema, maxTokens }: CompletionRequest, price: Price | null): Bound {
  const sent = messages.reduce((sum, { content }) => sum + maxTokensOf(content), 0);
  return boundOf(sent + maxTokensOf(JSON.stringify(schema)) + FRAME_TOKENS, maxTokens, price);
}

/**
 * Says which calls a run may make. The reservation made at the submit covers the first pass. Each call beyond it
 * reserves more first, so no job exceeds its tenant's budget.
 */
export function createAllowance(run: Run, { price, extend }: AllowanceParts): Permit {
  if (!run.held?.hasBudget) return nothing;
  let held: Bound = run.held;
  let used = usedBefore(run);
  let last = Promise.resolve();

  async function permit(request: CompletionRequest): Promise<void> {
    const call = callBound(request, price);
    const next = { tokens: used.tokens + call.tokens, nano: used.nano + call.nano };
    const more = { tokens: Math.max(0, next.tokens - held.tokens), nano: Math.max(0, next.nano - held.nano) };
    if (more.tokens > 0 || more.nano > 0) {
      if (!(await extend(run, more))) throw new ModelError(OVER_BUDGET);
      held = { tokens: held.tokens + more.tokens, nano: held.nano + more.nano };
    }
    used = next;
  }

  // One at a time: two calls must not both take what is left.
  return (request) => {
    const mine = last.then(() => permit(request));
    last = mine.catch(() => undefined);
    return mine;
  };
}

/** What earlier runs used: what they reported, or the whole reservation where that is not known. */
function usedBefore({ run, spent, held }: Run): Bound {
  const { input_tokens, output_tokens, cost_usd, final } = spent;
  if (run === 1) return { tokens: 0, nano: 0 };
  if (!final || cost_usd === null) return held ?? { tokens: 0, nano: 0 };
  return { tokens: input_tokens + output_tokens, nano: Math.ceil(cost_usd * NANO) };
}
