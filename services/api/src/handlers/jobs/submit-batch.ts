import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_BATCH_ITEMS, batchBounds } from '@flashcards/shared/contract/body-bounds';
import { AppError, errorRow } from '@flashcards/shared/contract/errors';
import { type Job, type SubmitLimits, isTerminal, jobSchema, submitSchema } from '@flashcards/shared/contract/job';
import { Joi } from '@flashcards/shared/contract/text';
import { type Input, endpoint } from '../../http/endpoint';
import { type Problem, asAppError, problemOf, problemSchema } from '../../http/problem';
import { validator } from '../../http/validate';
import { IDEMPOTENCY_KEY, itemKey } from '../../jobs/idempotency';
import type { Submitted } from '../../jobs/submit';
import { submit, submitOptionsOf } from '../../jobs/submit-input';
import { BODY_ERRORS, REPEAT_HEADERS } from '../row-parts';

const itemSchema = (limits: SubmitLimits) =>
  submitSchema(limits).keys({
    idempotency_key: Joi.string()
      .pattern(IDEMPOTENCY_KEY, { name: 'must be 1 to 255 printable ASCII characters' })
      .description('Like the header `Idempotency-Key` of a single submit, for this item alone.'),
  });

/** What a submit of one item alone would be answered. */
interface Outcome {
  readonly status: number;
  readonly replayed: boolean;
  readonly job: Job | null;
  readonly problem: Problem | null;
}

const outcomeSchema = Joi.object<Outcome>({
  status: Joi.number().integer().required().description('The HTTP status that a submit of this item alone would get.'),
  replayed: Joi.boolean().required().description('The idempotency key of this item was used before.'),
  job: jobSchema.allow(null).required(),
  problem: problemSchema.allow(null).required(),
});

const answerSchema = Joi.object({
  items: Joi.array().items(outcomeSchema).required().description('One outcome an item, in their order.'),
});

/**
 * Each item is a submit of its own, and one that is refused refuses no other. So only the list is checked before the
 * handler, which checks the items. They begin in their order, one in each turn of the event loop, so that other requests
 * are answered between them.
 */
export const submitBatch = (limits: SubmitLimits) => {
  const schema = itemSchema(limits);
  const readItem = validator(schema);
  return endpoint({
    method: 'post',
    path: '/v1/jobs/batch',
    scope: 'jobs:write',
    summary: `Submit up to ${MAX_BATCH_ITEMS} texts: one outcome for each, in their order`,
    body: Joi.object({ jobs: Joi.array().min(1).max(MAX_BATCH_ITEMS).required() }),
    documentedBody: Joi.object({ jobs: Joi.array().items(schema).min(1).max(MAX_BATCH_ITEMS).required() }),
    bodyBounds: batchBounds(limits.maxTextChars),
    headers: {
      ...REPEAT_HEADERS,
      'Idempotency-Key': 'Each item that has no `idempotency_key` gets one of this key and its place in the list.',
    },
    answers: { 200: { description: 'What became of each item.', schema: answerSchema } },
    errors: [...BODY_ERRORS, 'queue_unavailable'],
    handler: async (input, deps) => {
      const options = submitOptionsOf(input); // a key that cannot be used refuses the batch, before any of it is done
      const submitOne = async (raw: unknown, i: number): Promise<Submitted> => {
        const { idempotency_key: own, ...item } = readItem(raw, `/jobs/${i}`);
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
      return { status: 200, body: { items: outcomes.map((one) => outcomeOf(one, input)) } };
    },
  });
};

/** With nobody to ask nothing is known of any item: that is one 503, and its keys make a repeat safe. */
function refuseAll(outcomes: readonly (Submitted | AppError)[]): void {
  const [first] = outcomes;
  const unknown = outcomes.every((one) => one instanceof AppError && one.code === 'queue_unavailable');
  if (unknown && first instanceof AppError) throw first;
}

function outcomeOf(one: Submitted | AppError, input: Input): Outcome {
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
