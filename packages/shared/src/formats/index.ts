import { ankiTxt } from './anki/anki-txt';
import { apkg } from './anki/apkg';
import { csv } from './csv';
import type { Format } from './format';
import { json } from './json';
import { jsonl } from './jsonl';
import { markdown } from './markdown';
import { obsidian } from './obsidian';
import { tsv } from './tsv';

/** Every format a deck can be read in; a new one is a file here and a line in this table. */
export const FORMATS = {
  json,
  jsonl,
  csv,
  tsv,
  'anki-txt': ankiTxt,
  apkg,
  markdown,
  obsidian,
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
