import { cardEditSchema } from '@flashcards/shared/contract/card-edit';
import { cardSchema } from '@flashcards/shared/contract/deck';
import { traceFields } from '@flashcards/shared/runtime/tracing/traceparent';
import type { EditedCard } from '../../decks/cards';
import { endpoint } from '../../http/endpoint';
import { BODY_ERRORS, READ_ERRORS } from '../row-parts';

export const editCard = endpoint({
  method: 'patch',
  path: '/v1/jobs/{id}/cards/{card_id}',
  scope: 'jobs:write',
  summary: 'Accept, reject or rewrite a card',
  body: cardEditSchema,
  answers: { 200: { description: 'The card as it is now; its id stays.', schema: cardSchema } },
  errors: [...READ_ERRORS, ...BODY_ERRORS, 'rate_limited', 'conflict'],
  handler: async ({ params: { id, card_id }, body, tenant, caller, requestId, trace }, { cards, metrics, logger }) => {
    const edited = await cards.edit(id, caller, card_id, body);
    const { card, rewritten, sequence } = edited;
    const verdict = verdictOf(edited);
    if (verdict) metrics.cardsReviewed.labels(verdict).inc();
    if (rewritten) metrics.cardsRewritten.inc();
    const about = { request_id: requestId, job_id: id, tenant, card_id, rewritten };
    logger.info('card.edited', { ...about, ...(verdict && { verdict }), ...traceFields(trace) });
    return { status: 200, headers: { ETag: `"${sequence}"` }, body: card };
  },
});

/** A verdict counts when it is given, not when it is repeated. */
function verdictOf({ card, before }: EditedCard): 'accepted' | 'accepted_rewritten' | 'rejected' | null {
  if (card.review === undefined || card.review === before.review) return null;
  return card.review === 'accepted' && card.edited_at ? 'accepted_rewritten' : card.review;
}
