import { deckSchema } from '@flashcards/shared/contract/deck';
import { Joi } from '@flashcards/shared/contract/text';
import type { Format } from '@flashcards/shared/formats/format';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { cardsQuery, optionsFor } from '../../decks/cards-query';
import { HEAVY_SECONDS } from '../../decks/deck-files';
import { attachment } from '../../decks/file-name';
import { FILE_TYPES, type FormatChoice, formatFor } from '../../decks/format-for';
import { canGrow, cardsSoFar } from '../../decks/growing-deck';
import { endpoint } from '../../http/endpoint';
import type { Jobs } from '../../jobs/jobs';
import { READ_ERRORS } from '../row-parts';

/** A heavy file may take longer than any other answer. */
function secondsToRender(choice: FormatChoice): number {
  const { heavy }: Format = FORMATS[formatFor(choice)];
  return heavy ? HEAVY_SECONDS : 0;
}

/** The deck of a job as a file, or its cards after the event of a number. */
export const readCards = endpoint({
  method: 'get',
  path: '/v1/jobs/{id}/cards',
  scope: 'jobs:read',
  summary: 'Read or download the deck, or the cards after a number while it is made',
  query: cardsQuery,
  headers: { Accept: 'A media type in place of `format`.' },
  waits: secondsToRender,
  pool: (input) => (secondsToRender(input) > 0 ? 'files' : 'reads'),
  answers: {
    200: {
      description:
        'The deck without the cards that were rejected, or so much of it as is asked for and there; `ETag` is the number to go on after.',
      // Before its first card a deck has no title, and its language is `und`.
      schema: deckSchema.keys({ title: Joi.string().allow('').required() }),
      files: FILE_TYPES.slice(1),
    },
  },
  errors: [...READ_ERRORS, 'conflict', 'invalid_request', 'not_acceptable', 'overloaded'],
  handler: async (input, { jobs, deckFiles, metrics }) => {
    const { params, query, tenant, hungUp } = input;
    const format = formatFor(input);
    const options = optionsFor(format, query);
    const { deck, madeAt, last } = await growingDeck({ id: params.id, tenant, after: query.after, format }, jobs);
    // A file is without the cards that its reader rejected.
    const shown = { ...deck, cards: deck.cards.filter((card) => card.review !== 'rejected') };
    const raw = await deckFiles.render(format, { deck: shown, madeAt, options }, hungUp);
    metrics.deckFiles.labels(format).inc();
    const { mediaType, extension } = FORMATS[format];
    return {
      status: 200,
      headers: {
        ETag: `"${last}"`,
        'Content-Type': mediaType,
        'Content-Disposition': attachment((options.deck ?? deck.title) || 'deck', extension),
        Vary: 'Accept',
      },
      raw,
    };
  },
});

interface DeckRead {
  readonly id: string;
  readonly tenant: string;
  readonly after: number | undefined;
  readonly format: FormatName;
}

/** A format for a deck that grows has no times in it; the others are the same whenever they are read. */
async function growingDeck({ id, tenant, after, format }: DeckRead, jobs: Jobs) {
  if (after !== undefined && canGrow(format))
    return { ...(await cardsSoFar(jobs, { id, tenant, after, format })), madeAt: 0 };
  const { job, sequence } = await jobs.read(id, tenant);
  const madeAt = Date.parse(job.result?.created_at ?? job.finished_at ?? job.created_at);
  if (job.result && after === undefined) return { deck: job.result.deck, madeAt, last: sequence };
  return { ...(await cardsSoFar(jobs, { id, tenant, after: after ?? 0, format })), madeAt };
}
