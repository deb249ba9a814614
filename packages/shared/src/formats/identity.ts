import { createHash } from 'node:crypto';
import type { Card } from '../contract/deck';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const GUID_LENGTH = 12;

/**
 * What Anki knows a note by, for good: it follows from the card's id alone, so that an edited card updates its note.
 * 12 letters and digits: Anki's own alphabet has `#`, which begins a comment in a text file. `part` tells apart the
 * notes that one card becomes where a note can ask only one thing.
 */
export function guidOf(id: Card['id'], part = ''): string {
  let number = BigInt(
    `0x${createHash('sha256')
      .update(`flashcards ${id}${part && ` ${part}`}`)
      .digest('hex')}`,
  );
  let guid = '';
  while (guid.length < GUID_LENGTH) {
    guid += BASE62[Number(number % 62n)];
    number /= 62n;
  }
  return guid;
}

/** When the card last changed, in Unix milliseconds. */
export const changedAt = (card: Card, madeAt: number): number =>
  card.edited_at === undefined ? madeAt : Date.parse(card.edited_at);

// What Anki uses itself: a note with them would be shown as failed or marked.
const RESERVED = new Set(['leech', 'marked']);

/** Tags as Anki takes them: no blanks, of whatever width, and no controls. Every script stays. */
export const ankiTags = (tags: readonly string[]): readonly string[] =>
  tags
    .map((tag) => tag.replace(/[\s\p{Cc}"]+/gu, '-').replace(/^-+|(?<!-)-+$/g, ''))
    .filter((tag) => tag !== '' && !RESERVED.has(tag.toLowerCase()));

/** Name of the Anki deck: the caller's as it is, a title with no decks within decks. */
export const ankiDeckName = (title: string, wanted: string | undefined): string =>
  (wanted ?? title.replace(/:{2,}/g, ':')).replace(/[\s\p{Cc}]+/gu, ' ').trim() || 'Flashcards';
