import { fold, refold, unfold, type Folded } from '@flashcards/shared/text/fold';
import { tighten, widen, type Span } from '../text/boundary';
import { outlineOf, type Outline } from '../text/outline';
import { sentences } from '../text/sentences';
import { guessLanguage } from '../text/script';

/** Marks that models put around a quote, and marks of Markdown that they leave out of it. */
const WRAPPING = /^["'.…\s]+|(?<!["'.,;:!?…\s])["'.,;:!?…\s]+$/g;
const MAX_PLACES = 8;
const EMPHASIS = /[*_`#]/;
const NUMBER = /\d+(?:[.,]\d+)*/g;
const THOUSANDS = /,(?=\d{3}(?:\D|$))/g;

/** The source of a job as the gate sees it. Offsets are UTF-16 code units into the text exactly as posted. */
export class Source {
  #folded: Folded | undefined;
  #bare: Folded | undefined;
  #numbers: ReadonlySet<string> | undefined;
  #language: string | undefined;
  #outline: Outline | undefined;
  #sentences: readonly Span[] | undefined;

  constructor(readonly text: string) {}

  /** The whole text folded for matching; made when first asked for. */
  get folded(): Folded {
    return (this.#folded ??= fold(this.text, 'match'));
  }

  /** BCP-47 tag of the language the text is most likely written in. */
  get language(): string {
    return (this.#language ??= guessLanguage(this.text));
  }

  get sentences(): readonly Span[] {
    return (this.#sentences ??= sentences(this.text));
  }

  /** Its headings, code and tables. */
  get outline(): Outline {
    return (this.#outline ??= outlineOf(this.text));
  }

  /** Every place where the words of `span` stand, as posted; at most the first few. */
  placesOf({ start, end }: Span): Span[] {
    const quote = this.text.slice(start, end);
    const places: Span[] = [];
    for (
      let at = this.text.indexOf(quote);
      at >= 0 && places.length < MAX_PLACES;
      at = this.text.indexOf(quote, at + quote.length)
    )
      places.push({ start: at, end: at + quote.length });
    return places;
  }

  /** The numbers of the text, written without thousands separators. */
  get numbers(): ReadonlySet<string> {
    return (this.#numbers ??= new Set(numbersIn(this.folded.text)));
  }

  /**
   * Where `quote` stands, so that `text.slice(start, end)` is the quote as posted; null when it does not. Looks in
   * `[from, to)` before the rest of the text, and for the exact words before words that only look alike.
   */
  locate(quote: string, from: number, to: number): Span | null {
    const found = this.#exact(quote.trim(), from, to) ?? this.#alike(quote, from, to);
    if (!found) return null;
    const whole = widen(this.text, found.start, found.end);
    const span = tighten(this.text, whole.start, whole.end);
    return span.start < span.end ? span : null;
  }

  #exact(quote: string, from: number, to: number): Span | null {
    const start = indexNear(this.text, quote, from, to);
    return start < 0 ? null : { start, end: start + quote.length };
  }

  #alike(quote: string, from: number, to: number): Span | null {
    const needle = fold(quote, 'match').text.trim();
    return (
      search(this.folded, needle, from, to) ??
      search(this.folded, needle.replace(WRAPPING, ''), from, to) ??
      this.#withoutEmphasis(needle, from, to)
    );
  }

  #withoutEmphasis(needle: string, from: number, to: number): Span | null {
    if (!EMPHASIS.test(needle) && !EMPHASIS.test(this.folded.text)) return null;
    this.#bare ??= without(this.folded, EMPHASIS);
    return search(this.#bare, needle.replaceAll(/[*_`#]/g, '').replace(WRAPPING, ''), from, to);
  }
}

/** The numbers in a folded text, in the order they stand. */
export const numbersIn = (folded: string): string[] => folded.replace(THOUSANDS, '').match(NUMBER) ?? [];

/** First place of `needle` within the range, else anywhere, else -1. */
function indexNear(text: string, needle: string, from: number, to: number): number {
  if (needle === '') return -1;
  const near = text.indexOf(needle, from);
  return near >= 0 && near + needle.length <= to ? near : text.indexOf(needle);
}

function search(folded: Folded, needle: string, from: number, to: number): Span | null {
  const [foldedFrom, foldedTo] = refold(folded, from, to);
  const at = indexNear(folded.text, needle, foldedFrom, foldedTo);
  if (at < 0) return null;
  const [start, end] = unfold(folded, at, at + needle.length);
  return { start, end };
}

/** `folded` without the units that `dropped` matches. */
function without(folded: Folded, dropped: RegExp): Folded {
  const kept = [...folded.text.split('').keys()].filter((i) => !dropped.test(folded.text.charAt(i)));
  const pick = (from: Uint32Array | null, step: number): Uint32Array =>
    Uint32Array.from(kept, (i) => from?.[i] ?? i + step);
  return {
    text: kept.map((i) => folded.text.charAt(i)).join(''),
    starts: pick(folded.starts, 0),
    ends: pick(folded.ends, 1),
  };
}
