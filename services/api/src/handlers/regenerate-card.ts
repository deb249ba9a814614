import type { Anew } from '../cards';
import type { Answer, Deps, Input } from '../endpoint';
import { answerOf, submit, termsOf } from './submit-job';

/** `POST /v1/jobs/{id}/cards/{card_id}/regenerate`: a job that makes a card anew, from its quote or from `text`. */
export async function regenerateCard(input: Input<Anew>, deps: Deps): Promise<Answer> {
  const { id = '', card_id: cardId = '' } = input.params;
  const wanted = await deps.cards.anew(id, input.tenant, cardId, input.body);
  // The same answer again is what nobody asked for, so it neither comes from the cache nor goes there.
  const fresh = { noCache: true, noStore: true };
  const terms = { ...termsOf(input), ...fresh, parent: id, asked: { parent: id, card: cardId, ...input.body } };
  return answerOf(await submit(input, wanted, deps, terms), input, deps);
}
