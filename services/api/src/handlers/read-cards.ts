import { AppError } from '@flashcards/shared/contract/errors';
import type { Job } from '@flashcards/shared/contract/job';
import type { DeckFile, FormatOptions } from '@flashcards/shared/formats/format';
import { FORMATS } from '@flashcards/shared/formats/index';
import { type CardsQuery, optionsFor } from '../cards-query';
import { HEAVY_SECONDS } from '../deck-files';
import type { Answer, Deps, Input } from '../endpoint';
import { attachment } from '../file-name';
import { formatFor } from '../negotiate';

type CardsInput = Input<never, CardsQuery>;

const formatOf = ({ query, header }: CardsInput) => formatFor(query.format, header('accept'));

/** A heavy file may take longer than any other answer. */
export const cardsWait = (input: CardsInput): number => {
  const format: { readonly heavy?: true } = FORMATS[formatOf(input)];
  return format.heavy ? HEAVY_SECONDS : 0;
};

/** `GET /v1/jobs/{id}/cards`: the deck of a job that completed, as a file. */
export async function readCards(input: CardsInput, { jobs, deckFiles, metrics }: Deps): Promise<Answer> {
  const name = formatOf(input);
  const options = optionsFor(name, input.query);
  const { job } = await jobs.read(input.params['id'] ?? '', input.tenant);
  const file = fileOf(job, options);
  const body = await deckFiles.render(name, file, input.hungUp);
  metrics.deckFiles.labels(name).inc();
  const { mediaType, extension } = FORMATS[name];
  return {
    status: 200,
    headers: {
      'Content-Type': mediaType,
      'Content-Disposition': attachment(file.options.deck ?? file.deck.title, extension),
      Vary: 'Accept',
    },
    body,
  };
}

/** The deck without the cards that its reader rejected. */
function fileOf({ result, status, finished_at }: Job, options: FormatOptions): DeckFile {
  if (!result) throw new AppError('conflict', `This job has no deck: it is ${status}.`);
  const { deck, created_at } = result;
  return {
    deck: { ...deck, cards: deck.cards.filter((card) => card.review !== 'rejected') },
    madeAt: Date.parse(created_at ?? finished_at ?? ''),
    options,
  };
}
