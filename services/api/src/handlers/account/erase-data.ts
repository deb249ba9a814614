import { Joi } from '@flashcards/shared/contract/text';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import type { Receipt } from '@flashcards/shared/store/erasure/erasure-store';
import { endpoint } from '../../http/endpoint';
import { STAYS } from '../../erasure/erasures';

const PATH = '/v1/data/erasures';

const erasureSchema = Joi.object({
  erasure_id: Joi.string().required().description('The id of the receipt, also in the audit log.'),
  status: Joi.string()
    .valid('erasing', 'done')
    .required()
    .description('`done`: nothing of it is left, and the receipt is in the audit log.'),
  asked_at: Joi.string().isoDate().required(),
  done_at: Joi.string().isoDate().allow(null).required(),
  jobs: Joi.number().integer().min(0).required().description('Jobs that were erased so far.'),
  cached_results_left: Joi.number().integer().min(0).required().description('Results that the cache may have yet. None of them is served.'), // prettier-ignore
  stays: Joi.array().items(Joi.string()).required().description('What is not erased.'),
});

const bodyOf = ({ id, asked, done, jobs, resultsLeft }: Receipt) => ({
  erasure_id: id,
  status: done === null ? ('erasing' as const) : ('done' as const),
  asked_at: rfc3339(asked),
  done_at: done === null ? null : rfc3339(done),
  jobs,
  cached_results_left: resultsLeft,
  stays: STAYS,
});

/** All of one's jobs, with their texts, decks, events, deliveries and cached results. */
export const eraseData = endpoint({
  method: 'delete',
  path: '/v1/data',
  scope: 'data:erase',
  summary: "Erase all of one's jobs; submits are refused with 409 for up to a minute",
  answers: {
    202: { description: 'It is being done. `Location` is the address of the receipt.', schema: erasureSchema },
  },
  errors: ['queue_unavailable'],
  handler: async ({ caller: { tenant, actor }, address, requestId }, { erasures }) => {
    const receipt = await erasures.begin({ tenant, actor, from: address, request_id: requestId });
    return { status: 202, headers: { Location: `${PATH}/${receipt.id}` }, body: bodyOf(receipt) };
  },
});

export const readErasure = endpoint({
  method: 'get',
  path: `${PATH}/{id}`,
  scope: 'data:erase',
  summary: "Read the receipt of an erasure of all of one's data",
  answers: { 200: { description: 'The erasure, kept for 30 days after it was done.', schema: erasureSchema } },
  errors: ['not_found', 'quota_exceeded', 'queue_unavailable'],
  handler: async ({ params: { id }, tenant }, { erasures }) => ({
    status: 200,
    body: bodyOf(await erasures.receipt(id, tenant)),
  }),
});
