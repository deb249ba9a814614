import { CARD_TYPES } from '@flashcards/shared/contract/deck';
import { MAX_TITLE } from '@flashcards/shared/contract/job';
import { type Schema, keysOf } from '@flashcards/shared/contract/schema';
import { Joi } from '@flashcards/shared/contract/text';
import type { Format, FormatOption, FormatOptions } from '@flashcards/shared/formats/format';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { invalidRequest } from '../http/validate';

export type CardsQuery = FormatOptions & { readonly format?: FormatName; readonly after?: number };

/** The number of an event, to go on after it. */
export const afterQuery = Joi.number().integer().min(0).max(1e12).description('The number of the last known event.');

const name = () =>
  Joi.string()
    .trim()
    .maxCodePoints(MAX_TITLE)
    .plain()
    .pattern(/^[^\r\n\t]*$/, { name: 'must be one line' });

const OPTIONS: { readonly [O in FormatOption]: Schema<NonNullable<FormatOptions[O]>, 'optional'> } = {
  bom: Joi.boolean().description(
    '`csv`, `tsv`: starts the file with a byte order mark, which Excel needs to read Chinese.',
  ),
  formula_guard: Joi.boolean().description(
    "`csv`, `tsv`: keeps spreadsheets from evaluating cells as formulas. It puts `'` before a cell that begins with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line break. It does so behind `;`, a vertical bar, a tab or a line break, too. There, numbers and lists keep their `-` and `+`.",
  ),
  deck: name().description(
    '`apkg`, `anki-txt`, `obsidian`: the name of the deck, instead of its title. `::` separates a subdeck.',
  ),
  type: Joi.string()
    .valid(...CARD_TYPES)
    .description('`anki-txt`: only the cards of this type. With `cloze`, cards stay cloze notes.'),
  notetype: name().description('`anki-txt`: the name of a note type in the Anki that imports the file.'),
};

/** The query of a download. */
export const cardsQuery = Joi.object<CardsQuery>({
  format: Joi.string()
    .valid(...keysOf(FORMATS))
    .description('Takes precedence over `Accept`. Without both: `json`.'),
  after: afterQuery,
  ...OPTIONS,
});

/** The options of a query, which are all the format's own. */
export function optionsFor(
  format: FormatName,
  { format: _format, after: _after, ...options }: CardsQuery,
): FormatOptions {
  const { options: taken }: Format = FORMATS[format];
  const errors = keysOf(options)
    .filter((option) => !taken.includes(option))
    .map((option) => ({ pointer: `/query/${option}`, detail: `is not an option of the format ${format}` }));
  if (errors.length > 0) throw invalidRequest(errors);
  return options;
}
