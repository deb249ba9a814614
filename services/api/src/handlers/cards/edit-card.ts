import type { CardEdit } from '@flashcards/shared/contract/card-edit';
import { traceFields } from '@flashcards/shared/runtime/traceparent';
import type { EditedCard } from '../../decks/cards';
import type { Answer, Deps, Input } from '../../http/endpoint';

/** `PATCH /v1/jobs/{id}/cards/{card_id}`: accepts, rejects or rewrites a card; its id stays. */
export async function editCard(input: Input<CardEdit>, { cards, metrics, logger }: Deps): Promise<Answer> {
  const { id = '', card_id: cardId = '' } = input.params;
  const edited = await cards.edit(id, input.tenant, cardId, input.body);
  const verdict = verdictOf(edited);
  if (verdict) metrics.cardsReviewed.labels(verdict).inc();
  if (edited.rewritten) metrics.cardsRewritten.inc();
  logger.info('card.edited', {
    request_id: input.requestId,
    job_id: id,
    tenant: input.tenant,
    card_id: cardId,
    rewritten: edited.rewritten,
    ...(verdict && { verdict }),
    ...traceFields(input.trace),
  });
  return { status: 200, headers: { ETag: `"${edited.sequence}"` }, body: edited.card };
}

/** A verdict counts when it is given, not when it is repeated. */
function verdictOf({ card, before }: EditedCard): 'accepted' | 'accepted_rewritten' | 'rejected' | null {
  if (card.review === undefined || card.review === before.review) return null;
  return card.review === 'accepted' && card.edited_at ? 'accepted_rewritten' : card.review;
}
