import { AppError } from '@flashcards/shared/contract/errors';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import type { Answer, Deps, Input } from '../endpoint';

/** `GET /v1/jobs/{id}/cards`: the deck of a job that completed, in a format. */
export async function readCards(input: Input<never, { format: FormatName }>, { jobs }: Deps): Promise<Answer> {
  const { job } = await jobs.read(input.params['id'] ?? '', input.tenant);
  if (!job.result) throw new AppError('conflict', `This job has no deck: it is ${job.status}.`);
  const format = FORMATS[input.query.format];
  const name = `deck.${format.extension}`;
  const title = encodeURIComponent(`${job.result.deck.title}.${format.extension}`).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return {
    status: 200,
    headers: {
      'Content-Type': format.mediaType,
      'Content-Disposition': `attachment; filename="${name}"; filename*=UTF-8''${title}`,
    },
    body: format.render(job.result.deck),
  };
}
