import { Joi } from '@flashcards/shared/contract/text';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import { endpoint } from '../../http/endpoint';
import { STAYS } from '../../jobs/erasures';

const erasureSchema = Joi.object({
  erasure_id: Joi.string().required().description('The id of the receipt in the audit log.'),
  status: Joi.string().valid('erasing').required(),
  asked_at: Joi.string().isoDate().required(),
  stays: Joi.array().items(Joi.string()).required().description('What is not erased.'),
});

/** All of one's jobs, with their texts, decks, events, deliveries and cached results. */
export const eraseData = endpoint({
  method: 'delete',
  path: '/v1/data',
  scope: 'data:erase',
  summary: "Erase all of one's jobs; until that is done, within a minute, submits are refused with 409",
  answers: { 202: { description: 'It is being done; the receipt goes to the audit log.', schema: erasureSchema } },
  errors: ['queue_unavailable'],
  handler: async ({ caller: { tenant, actor }, address, requestId }, { erasures }) => {
    const { id, asked } = await erasures.begin({ tenant, actor, from: address, request_id: requestId });
    return {
      status: 202,
      body: { erasure_id: id, status: 'erasing' as const, asked_at: rfc3339(asked), stays: STAYS },
    };
  },
});
