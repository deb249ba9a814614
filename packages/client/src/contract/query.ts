// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

import type { Status } from './job';
import type { CardType } from './submit';

/** Which jobs to list. */
export interface JobsQuery {
  readonly status?: Status | undefined;
  /** @default 20 */
  readonly limit?: number | undefined;
  /** `next_cursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** How much of the use to report. */
export interface UsageQuery {
  /**
   * The number of days to report, today included.
   * @default 31
   */
  readonly days?: number | undefined;
}

/** Options of a file. A format has some of them and refuses the others. */
export interface FileOptions {
  /** `csv`, `tsv`: starts the file with a byte order mark, which Excel needs to read Chinese. */
  readonly bom?: boolean | undefined;
  /** `csv`, `tsv`: keeps spreadsheets from evaluating cells as formulas. It puts `'` before a cell that begins with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line break. It does so behind `;`, a vertical bar, a tab or a line break, too. There, numbers and lists keep their `-` and `+`. */
  readonly formula_guard?: boolean | undefined;
  /** `apkg`, `anki-txt`, `obsidian`: the name of the deck, instead of its title. `::` separates a subdeck. */
  readonly deck?: string | undefined;
  /** `anki-txt`: only the cards of this type. With `cloze`, cards stay cloze notes. */
  readonly type?: CardType | undefined;
  /** `anki-txt`: the name of a note type in the Anki that imports the file. */
  readonly notetype?: string | undefined;
}
