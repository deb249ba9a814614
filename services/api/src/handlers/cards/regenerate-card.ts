import type { Replacement } from '../../decks/cards';
import type { Answer, Deps, Input } from '../../http/endpoint';
import { answerOf, submit, submitOptionsOf } from '../jobs/submit-job';

/** `POST /v1/jobs/{id}/cards/{card_id}/regenerate`: a job that makes a card anew, from its quote or from `text`. */
export async function regenerateCard(input: Input<Replacement>, deps: Deps): Promise<Answer> {
  const { id = '', card_id: cardId = '' } = input.params;
  const wanted = await deps.cards.replacement(id, input.tenant, cardId, input.body);
  // The same answer again is what nobody asked for, so it neither comes from the cache nor goes there.
  const fresh = { noCache: true, noStore: true };
  const terms = { ...submitOptionsOf(input), ...fresh, parent: id, asked: { parent: id, card: cardId, ...input.body } };
  return answerOf(await submit(input, wanted, deps, terms), input, deps);
}
