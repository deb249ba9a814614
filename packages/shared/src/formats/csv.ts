import type { Card } from '../contract/deck';
import type { Format } from './format';
import { guarded } from './formula-guard';

const MAX_CHOICES = 5;
const COLUMNS = [
  'id',
  'type',
  'front',
  'back',
  ...Array.from({ length: MAX_CHOICES }, (_none, i) => `choice_${i + 1}`),
  'tags',
  'quote',
  'start',
  'end',
];

/** RFC 4180 in UTF-8: a header, a card a row, every text as it is. */
export const csv: Format = {
  label: 'Spreadsheet',
  use: 'spreadsheets',
  menu: 2,
  extension: 'csv',
  mediaType: 'text/csv; charset=utf-8; header=present',
  options: ['bom', 'formula_guard'],
  render({ deck, options }) {
    const cell = (text: string): string => quoted(options.formula_guard ? guarded(text) : text, /[",\r\n]/);
    const rows = deck.cards.map((card) => [...cellsOf(card).map(cell), card.start, card.end].join(','));
    return `${options.bom ? '\uFEFF' : ''}${[COLUMNS.join(','), ...rows].map((row) => `${row}\r\n`).join('')}`;
  },
};

function cellsOf({ id, type, front, back, choices = [], tags, quote }: Card): string[] {
  const offered = Array.from({ length: MAX_CHOICES }, (_none, i) => choices[i] ?? '');
  return [id, type, front, back, ...offered, tags.join(' '), quote];
}

/** A cell in quotes where it needs them. */
export const quoted = (text: string, needs: RegExp): string =>
  needs.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
