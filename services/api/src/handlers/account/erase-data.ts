import Joi from 'joi';
import { rfc3339 } from '@flashcards/shared/runtime/time';
import { STAYS } from '../../jobs/erasures';
import type { Answer, Deps, Input } from '../../http/endpoint';

export const erasureSchema = Joi.object({
  erasure_id: Joi.string().required().description('The id of the receipt in the audit log.'),
  status: Joi.string().valid('erasing').required(),
  asked_at: Joi.string().isoDate().required(),
  stays: Joi.array().items(Joi.string()).required().description('What is not erased.'),
});

/** `DELETE /v1/data`: all of one's jobs, with their texts, decks, events, deliveries and cached results. */
export async function eraseData({ caller, address, requestId }: Input, { erasures }: Deps): Promise<Answer> {
  const { tenant, actor } = caller;
  const { id, asked } = await erasures.begin({ tenant, actor, from: address, request_id: requestId });
  return { status: 202, body: { erasure_id: id, status: 'erasing', asked_at: rfc3339(asked), stays: STAYS } };
}
