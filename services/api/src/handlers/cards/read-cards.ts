import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { type CardsQuery, optionsFor } from '../../decks/cards-query';
import { HEAVY_SECONDS } from '../../decks/deck-files';
import type { Answer, Deps, Input } from '../../http/endpoint';
import { attachment } from '../../decks/file-name';
import { canGrow, cardsSoFar } from '../../decks/growing-deck';
import type { Jobs } from '../../jobs/jobs';
import { formatFor } from '../../decks/negotiate';

type CardsInput = Input<never, CardsQuery>;

const formatOf = ({ query, header }: CardsInput) => formatFor(query.format, header('accept'));

/** A heavy file may take longer than any other answer. */
export const cardsWait = (input: CardsInput): number => {
  const format: { readonly heavy?: true } = FORMATS[formatOf(input)];
  return format.heavy ? HEAVY_SECONDS : 0;
};

/** `GET /v1/jobs/{id}/cards`: the deck of a job as a file, or its cards after the event of a number. */
export async function readCards(input: CardsInput, { jobs, deckFiles, metrics }: Deps): Promise<Answer> {
  const name = formatOf(input);
  const options = optionsFor(name, input.query);
  const { deck, madeAt, last } = await growingDeck(input, name, jobs);
  // A file is without the cards that its reader rejected.
  const shown = { ...deck, cards: deck.cards.filter((card) => card.review !== 'rejected') };
  const body = await deckFiles.render(name, { deck: shown, madeAt, options }, input.hungUp);
  metrics.deckFiles.labels(name).inc();
  const { mediaType, extension } = FORMATS[name];
  return {
    status: 200,
    headers: {
      ETag: `"${last}"`,
      'Content-Type': mediaType,
      'Content-Disposition': attachment((options.deck ?? deck.title) || 'deck', extension),
      Vary: 'Accept',
    },
    body,
  };
}

/** A format for a deck that grows has no times in it; the others are the same whenever they are read. */
async function growingDeck({ params, tenant, query }: CardsInput, format: FormatName, jobs: Jobs) {
  const { id = '' } = params;
  const { after } = query;
  if (after !== undefined && canGrow(format))
    return { ...(await cardsSoFar(jobs, { id, tenant, after, format })), madeAt: 0 };
  const { job, sequence } = await jobs.read(id, tenant);
  const madeAt = Date.parse(job.result?.created_at ?? job.finished_at ?? job.created_at);
  if (job.result && after === undefined) return { deck: job.result.deck, madeAt, last: sequence };
  return { ...(await cardsSoFar(jobs, { id, tenant, after: after ?? 0, format })), madeAt };
}
