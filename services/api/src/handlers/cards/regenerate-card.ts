import { type SubmitLimits, replacementSchema } from '@flashcards/shared/contract/job';
import { endpoint } from '../../http/endpoint';
import { answerOf } from '../../jobs/submit-answer';
import { submit, submitOptionsOf } from '../../jobs/submit-input';
import { SUBMIT_ERRORS, SUBMIT_HEADERS, answersJob, waitsAsPreferred } from '../row-parts';

/** A job that makes a card again, from its quote or from `text`. */
export const regenerateCard = (limits: SubmitLimits) =>
  endpoint({
    method: 'post',
    path: '/v1/jobs/{id}/cards/{card_id}/regenerate',
    scope: 'jobs:write',
    summary: 'Regenerate a card, as a job of its own',
    body: replacementSchema(limits),
    bodyMayBeAbsent: true,
    headers: SUBMIT_HEADERS,
    waits: waitsAsPreferred,
    answers: {
      202: answersJob('Accepted; `parent` is the job of the card.'),
      200: answersJob('Already done: repeated, or waited for.'),
    },
    errors: [...SUBMIT_ERRORS, 'not_found'],
    handler: async (input, deps) => {
      const { id, card_id: card } = input.params;
      const wanted = await deps.cards.replacement(id, input.tenant, card, input.body);
      // The same answer again is what nobody asked for, so it neither comes from the cache nor goes there.
      const fresh = { noCache: true, noStore: true, parent: id, requested: { parent: id, card, ...input.body } };
      return answerOf(await submit(input, wanted, deps, { ...submitOptionsOf(input), ...fresh }), input, deps);
    },
  });
