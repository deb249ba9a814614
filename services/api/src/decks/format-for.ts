import { AppError } from '@flashcards/shared/contract/errors';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { keysOf } from '@flashcards/shared/contract/schema';
import type { Input } from '../http/endpoint';

const mediaTypeOf = (name: FormatName): string => FORMATS[name].mediaType.replace(/;.*/, '');

/** The first format of each media type. */
const BY_TYPE = new Map(
  keysOf(FORMATS)
    .toReversed()
    .map((name) => [mediaTypeOf(name), name]),
);

/** The media types in which a deck is offered, JSON first. */
export const FILE_TYPES = [...new Set(keysOf(FORMATS).map(mediaTypeOf))];

/** How a client chooses a format. */
export interface FormatChoice extends Pick<Input, 'accepts'> {
  readonly query: { readonly format?: FormatName };
}

/**
 * The format a client gets: the one it names, else what it likes best by its `Accept`, JSON first where it likes several
 * as much.
 * @throws AppError `not_acceptable` when it accepts none.
 */
export function formatFor({ query, accepts }: FormatChoice): FormatName {
  const name = query.format ?? BY_TYPE.get(accepts(FILE_TYPES) ?? '');
  if (name) return name;
  throw new AppError('not_acceptable', `A deck is offered as ${FILE_TYPES.join(', ')}.`);
}
