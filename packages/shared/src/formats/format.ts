import type { CardType, Deck } from '../contract/deck';

/** Options of a file. A format takes the options that it names, and no other. */
export interface FormatOptions {
  /** Begin with a byte order mark, for spreadsheets that take a file without one for a local encoding. */
  readonly bom?: boolean;
  /** Keep spreadsheets from running a cell as a formula. */
  readonly formula_guard?: boolean;
  /** Name of the deck in place of its title; `::` begins a deck within a deck. */
  readonly deck?: string;
  /** Only the cards of this type. */
  readonly type?: CardType;
  /** Name of the note type that the reader's Anki has. */
  readonly notetype?: string;
}
export type FormatOption = keyof FormatOptions;

/** What is rendered. The same input gives the same bytes. */
export interface DeckFile {
  readonly deck: Deck;
  /** When the deck was made, in Unix milliseconds: ids and times inside of a file follow from it. */
  readonly madeAt: number;
  readonly options: FormatOptions;
}

/** A way to render a deck. Pure. */
export interface Format {
  /** What people call it. */
  readonly label: string;
  /** What its files are for. */
  readonly use: string;
  /** Its position in a menu for people. */
  readonly menu: number;
  readonly extension: string;
  readonly mediaType: string;
  readonly options: readonly FormatOption[];
  /** Takes so long, or so much memory, that no event loop should do it: to be rendered in a process of its own. */
  readonly heavy?: true;
  render(file: DeckFile): string | Promise<Uint8Array>;
}
