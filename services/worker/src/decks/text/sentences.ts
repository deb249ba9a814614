import { tighten, type Span } from './boundary';
import { saysAtLeast } from './words';

const segmenter = new Intl.Segmenter('und', { granularity: 'sentence' });
/** A full stop after these ends no sentence. */
const ABBREVIATION =
  /(?:^|[\s(])(?:\p{Lu}|Dr|Mr|Mrs|Ms|Prof|St|vs|etc|e\.g|i\.e|cf|approx|Fig|fig|No|z\.\s?B|d\.\s?h|bzw|ca|Nr)\.\s*$/u;
const HEADING_MARK = '[ \\t]{0,3}(?:#{1,6}\\s|第[\\d一二三四五六七八九十百零〇]{1,5}[章节節回部篇])';
const HEADING = new RegExp(`^${HEADING_MARK}`, 'u');
/** The line end before a heading. */
export const HEADING_START = new RegExp(`\\n(?=${HEADING_MARK})`, 'gu');

const OPENING = /[“‘「『《（(]{1,3}$/u;

/** Whether `line` is a heading: Markdown's, or a Chinese chapter's. */
export const isHeading = (line: string): boolean => HEADING.test(line);

const PARTS =
  /^[ \t]{0,3}(?:(#{1,6})[ \t]+)?(?:第[\d一二三四五六七八九十百零〇]{1,5}([章节節回部篇])[ \t:：、.]*)?([^]*)$/u;
const NUMBER =
  /^(?:(?:chapter|section|part|kapitel)\s+)?(?:\d{1,3}(?:\.\d{1,3})*|[ivxlc]{1,6})(?:[.):：、]\s*|\s+(?=\S))/iu;
const EMPHASIS = /\*\*|__|`/gu;
/** What may close a heading of Markdown. */
const CLOSING = /\s#+$/u;

/** The heading in `line`: its level, 1 for the topmost, and its words without mark and number; null if it is none. */
export function readHeading(line: string): { readonly level: number; readonly title: string } | null {
  if (!isHeading(line)) return null;
  const [, hashes, chapter, rest = ''] = PARTS.exec(line) ?? [];
  const words = rest.replace(EMPHASIS, '').trim().replace(CLOSING, '').trim();
  // Without marks of Markdown a chapter is above a section.
  const level = hashes ? hashes.length : chapter === '节' || chapter === '節' ? 2 : 1;
  return { level, title: words.replace(NUMBER, '').trim() || words };
}

/** The sentences between `start` and `end`, without the blanks around them. A line end always ends one. */
export function sentences(text: string, start = 0, end = text.length): Span[] {
  const spans: Span[] = [];
  let from = start;
  for (const { segment, to } of segments(text, start, end)) {
    // The segmenter also takes the end of a line for the end of a sentence.
    if (!segment.endsWith('\n') && to < end && ABBREVIATION.test(segment)) continue;
    const span = tighten(text, from, to);
    if (span.start < span.end) spans.push(span);
    from = to;
  }
  return spans;
}

/**
 * The segmenter's time grows with the square of the length, so it gets a window at a time. A longer sentence is cut.
 */
const WINDOW_CHARS = 2_000;

function* segments(text: string, start: number, end: number): Generator<{ segment: string; to: number }> {
  for (let from = start; from < end;) {
    const max = Math.min(end, from + WINDOW_CHARS);
    const offset = from;
    for (const { segment, index } of segmenter.segment(text.slice(offset, max))) {
      const last = offset + index + segment.length === max && max < end;
      // What the window may have cut comes again, whole, with the next.
      if (last && index > 0 && !segment.endsWith('\n')) break;
      // The segmenter takes any quote mark after a full stop as closing. Opening marks belong to what follows.
      const to = offset + index + segment.length - (last ? 0 : (OPENING.exec(segment)?.[0].length ?? 0));
      yield { segment, to };
      from = offset + index + segment.length;
    }
  }
}

const INFORMATIVE_HAN = 8;
const INFORMATIVE_WORDS = 5;

/** Whether a sentence says enough to make a card of: no heading, and not just a few words. */
export const isInformative = (sentence: string): boolean =>
  !isHeading(sentence) && saysAtLeast(sentence, INFORMATIVE_HAN, INFORMATIVE_WORDS);
