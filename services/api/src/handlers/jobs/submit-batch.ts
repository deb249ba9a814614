import { setImmediate as nextTurn } from 'node:timers/promises';
import Joi from 'joi';
import { MAX_BATCH_ITEMS } from '@flashcards/shared/contract/body-bounds';
import { AppError, errorRow } from '@flashcards/shared/contract/errors';
import { type Submit, type SubmitLimits, isTerminal, jobSchema, submitSchema } from '@flashcards/shared/contract/job';
import type { Answer, Deps, Input } from '../../http/endpoint';
import { IDEMPOTENCY_KEY, itemKey } from '../../jobs/idempotency';
import type { Submitted } from '../../jobs/jobs';
import { asAppError, problemOf, problemSchema } from '../../http/problem';
import { validate } from '../../http/validate';
import { submit, submitOptionsOf } from './submit-job';

type Item = Submit & { readonly idempotency_key?: string };

const itemSchema = (limits: SubmitLimits): Joi.ObjectSchema =>
  submitSchema(limits).append({
    idempotency_key: Joi.string()
      .pattern(IDEMPOTENCY_KEY, { name: '1 to 255 printable ASCII characters' })
      .description('Like the header `Idempotency-Key` of a single submit, for this item alone.'),
  });

/** The shape of a batch as it is documented; what is checked at the door is only that there is a list. */
export const batchSchema = (limits: SubmitLimits) => ({
  documented: Joi.object({ jobs: Joi.array().items(itemSchema(limits)).min(1).max(MAX_BATCH_ITEMS).required() }),
  checked: Joi.object({ jobs: Joi.array().min(1).max(MAX_BATCH_ITEMS).required() }),
});

export const batchAnswerSchema = Joi.object({
  items: Joi.array()
    .items(
      Joi.object({
        status: Joi.number()
          .integer()
          .required()
          .description('The HTTP status that a submit of this item alone would get.'),
        replayed: Joi.boolean().required().description('The idempotency key of this item was used before.'),
        job: jobSchema.allow(null).required(),
        problem: problemSchema.allow(null).required(),
      }),
    )
    .required()
    .description('One outcome an item, in their order.'),
});

/**
 * `POST /v1/jobs/batch`: each item is a submit of its own, and one that is refused refuses no other. They begin in their
 * order, one in each turn of the event loop, so that other requests are answered between them.
 */
export const submitBatch = (limits: SubmitLimits) => {
  const schema = itemSchema(limits);
  return async (input: Input<{ jobs: unknown[] }>, deps: Deps): Promise<Answer> => {
    const options = submitOptionsOf(input); // a key that cannot be used refuses the batch, before any of it is done
    const submitOne = async (raw: unknown, i: number): Promise<Submitted> => {
      const { idempotency_key: own, ...item } = validate<Item>(schema, raw, `/jobs/${i}`);
      const key = own ?? itemKey(options.idempotencyKey, i);
      return submit(input, item, deps, { ...options, ...(key ? { idempotencyKey: key } : {}) });
    };
    const submits: Promise<Submitted | AppError>[] = [];
    for (const [i, raw] of input.body.jobs.entries()) {
      if (i > 0) await nextTurn();
      submits.push(submitOne(raw, i).catch(asAppError));
    }
    const outcomes = await Promise.all(submits);
    refuseAll(outcomes);
    return {
      status: 200,
      body: { items: outcomes.map((one) => outcomeOf(one, input)) },
    };
  };
};

/** With nobody to ask nothing is known of any item: that is one 503, and its keys make a repeat safe. */
function refuseAll(outcomes: readonly (Submitted | AppError)[]): void {
  const [first] = outcomes;
  const unknown = outcomes.every((one) => one instanceof AppError && one.code === 'queue_unavailable');
  if (unknown && first instanceof AppError) throw first;
}

function outcomeOf(one: Submitted | AppError, input: Input): object {
  if (!(one instanceof AppError)) {
    return { status: isTerminal(one.job.status) ? 200 : 202, replayed: one.replayed, job: one.job, problem: null };
  }
  const { retryAfterSeconds } = one.details;
  const problem = {
    ...problemOf(one, input),
    ...(retryAfterSeconds ? { retry_after_seconds: retryAfterSeconds } : {}),
  };
  return { status: errorRow(one.code).status, replayed: false, job: null, problem };
}
