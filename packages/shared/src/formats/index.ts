import type { Deck } from '../contract/deck';

/** A way to render a deck. Pure. */
export interface Format {
  readonly extension: string;
  readonly mediaType: string;
  render(deck: Deck): string;
}

/** Every format a deck can be read in; a new one is a file here and a line in this table. */
export const FORMATS = {
  json: {
    extension: 'json',
    mediaType: 'application/json; charset=utf-8',
    render: (deck: Deck): string => JSON.stringify(deck),
  },
} as const satisfies Record<string, Format>;

export type FormatName = keyof typeof FORMATS;
