// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.

/** Ways to download a deck. */
export const FORMATS = ['json', 'jsonl', 'csv', 'tsv', 'anki-txt', 'apkg', 'markdown', 'obsidian'] as const;
export type Format = (typeof FORMATS)[number];

export interface FormatDetails {
  /** What people call it. */
  readonly label: string;
  /** Its position in a menu for people. */
  readonly menu: number;
  /** Of its files, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** Its files are not text. */
  readonly binary: boolean;
  /** The server makes its files one after the other. */
  readonly heavy: boolean;
  /** The fields of `FileOptions` that it has. */
  readonly options: readonly string[];
}

export const FORMAT_DETAILS: Readonly<Record<Format, FormatDetails>> = {
  json: {
    label: 'JSON',
    menu: 7,
    extension: 'json',
    mediaType: 'application/json',
    binary: false,
    heavy: false,
    options: [],
  },
  jsonl: {
    label: 'JSON lines',
    menu: 8,
    extension: 'jsonl',
    mediaType: 'application/x-ndjson',
    binary: false,
    heavy: false,
    options: [],
  },
  csv: {
    label: 'Spreadsheet',
    menu: 2,
    extension: 'csv',
    mediaType: 'text/csv',
    binary: false,
    heavy: false,
    options: ['bom', 'formula_guard'],
  },
  tsv: {
    label: 'Quizlet and others',
    menu: 3,
    extension: 'tsv',
    mediaType: 'text/tab-separated-values',
    binary: false,
    heavy: false,
    options: ['bom', 'formula_guard'],
  },
  'anki-txt': {
    label: 'Anki text',
    menu: 4,
    extension: 'txt',
    mediaType: 'text/plain',
    binary: false,
    heavy: false,
    options: ['deck', 'type', 'notetype'],
  },
  apkg: {
    label: 'Anki deck',
    menu: 1,
    extension: 'apkg',
    mediaType: 'application/x-apkg',
    binary: true,
    heavy: true,
    options: ['deck'],
  },
  markdown: {
    label: 'Markdown',
    menu: 5,
    extension: 'md',
    mediaType: 'text/markdown',
    binary: false,
    heavy: false,
    options: [],
  },
  obsidian: {
    label: 'Obsidian',
    menu: 6,
    extension: 'md',
    mediaType: 'text/markdown',
    binary: false,
    heavy: false,
    options: ['deck'],
  },
};
