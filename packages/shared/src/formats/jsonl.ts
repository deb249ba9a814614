import type { Format } from './format';

/** A card a line, each as the API shows it. */
export const jsonl: Format = {
  label: 'JSON lines',
  use: 'programs: one card a line',
  menu: 8,
  extension: 'jsonl',
  mediaType: 'application/x-ndjson; charset=utf-8',
  options: [],
  render: ({ deck }) => deck.cards.map((card) => `${JSON.stringify(card)}\n`).join(''),
};
