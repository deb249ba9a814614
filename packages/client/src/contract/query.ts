// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

import type { Status } from './job';
import type { CardType } from './submit';

/** Which jobs to list. */
export interface JobsQuery {
  readonly status?: Status;
  /** @default 20 */
  readonly limit?: number;
  /** `next_cursor` of the page before. */
  readonly cursor?: string;
}

/** How much of the use to report. */
export interface UsageQuery {
  /**
   * The number of days to report, today included.
   * @default 31
   */
  readonly days?: number;
}

/** Options of a file. A format has some of them and refuses the others. */
export interface FileOptions {
  /** `csv`, `tsv`: begins with a byte order mark. Excel needs it to read Chinese. */
  readonly bom?: boolean;
  /** `csv`: puts `'` before a cell that a spreadsheet would compute. */
  readonly formula_guard?: boolean;
  /** `apkg`, `anki-txt`, `obsidian`: the name of the deck. `::` begins a deck within it. */
  readonly deck?: string;
  /** `anki-txt`: only the cards of this type. A `cloze` then keeps its hidden words. */
  readonly type?: CardType;
  /** `anki-txt`: the name of a note type of the Anki that reads the file. */
  readonly notetype?: string;
}
