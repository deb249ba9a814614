import type { Options } from '@flashcards/shared/contract/job';
import { type Span, clip } from './boundary';
import { sentences } from './sentences';
import { wideCount } from './words';

const MARKDOWN_HEADING = /^[ \t]{0,3}#{1,6}[ \t]+(\S.*)$/mu;
const MAX_WIDE = 40;
const MAX_NARROW = 80;
/** A title is in the first characters of its line; the rest need not be looked at. */
const MAX_LOOKED_AT = 240;

/**
 * The title of a deck: the one asked for, else the text's first heading, else its first sentence, shortened. Never empty.
 * @param first where the first sentence stands, where that is known.
 */
export function deckTitle(text: string, options: Pick<Options, 'title'>, first?: Span): string {
  const requested = options.title?.trim();
  if (requested) return requested;
  const heading = MARKDOWN_HEADING.exec(text)?.[1] ?? '';
  return (
    shorten(withoutMarks(clip(heading, MAX_LOOKED_AT))) ||
    shorten(withoutMarks(firstSentence(text, first))) ||
    shorten(text.trim()) ||
    'Deck'
  );
}

function firstSentence(text: string, known?: Span): string {
  const first = known ?? sentences(clip(text, MAX_LOOKED_AT + text.length - text.trimStart().length))[0];
  return first ? clip(text.slice(first.start, first.end), MAX_LOOKED_AT) : '';
}

/** Without Markdown's marks, and without the stop at the end. */
const withoutMarks = (line: string): string =>
  line
    .replace(/^[#>\s]+/u, '')
    .replace(/^(?:[-*+]|\d{1,2}[.)])\s+/u, '')
    .replace(/!?\[([^[\]]*)\]\([^()]*\)|\*\*|__|`/gu, '$1')
    .trimEnd()
    .replace(/\s#+$/u, '')
    .replace(/(?<![.。:：，,;；\s])[.。:：，,;；\s]+$/u, '');

function shorten(title: string): string {
  const flat = title.replace(/\s+/gu, ' ');
  const max = wideCount(flat) * 3 > flat.length ? MAX_WIDE : MAX_NARROW;
  if (flat.length <= max) return flat;
  const cut = clip(flat, max - 1);
  // Words stay whole where there are words.
  const blank = cut.lastIndexOf(' ');
  return `${(blank > max / 2 ? cut.slice(0, blank) : cut).trimEnd()}…`;
}
