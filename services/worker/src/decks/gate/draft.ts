import { deletions, parseCloze, withoutMarkers, type ClozePart } from '@flashcards/shared/text/cloze';
import { fold } from '@flashcards/shared/text/fold';
import type { Options } from '@flashcards/shared/contract/job';
import type { Span } from '../text/boundary';
import type { Candidate } from '../read/candidate';
import { groundingOf, type Grounding } from './grounding';
import type { Source } from './quote';
import { phrasesOf, primary, type Phrases } from './phrases';
import { bigrams } from '../text/words';

/** What the cards of a job are judged by. Made once a job; costly parts are made when a check first asks for them. */
export class Brief {
  readonly phrases: Phrases;
  #sameLanguage: boolean | undefined;

  constructor(
    readonly source: Source,
    readonly options: Options,
    /** BCP-47 tag of the language the cards have to be in. */
    readonly language: string,
  ) {
    this.phrases = phrasesOf(language);
  }

  /** Whether cards are in the source's language, so that their words can be looked for in it. */
  get sameLanguage(): boolean {
    return (this.#sameLanguage ??=
      this.options.language === 'auto' || primary(this.language) === primary(this.source.language));
  }
}

/** The pairs of words that a card is made of. */
export interface Wording {
  readonly front: ReadonlySet<string>;
  readonly back: ReadonlySet<string>;
}

const AROUND = new Set(' \t\n"\'.,;:!?');

/** A text as it is compared: folded, without the punctuation around it. */
export function plain(text: string): string {
  const folded = fold(text, 'match').text;
  let start = 0;
  let end = folded.length;
  while (start < end && AROUND.has(folded.charAt(start))) start += 1;
  while (end > start && AROUND.has(folded.charAt(end - 1))) end -= 1;
  return folded.slice(start, end);
}

/** A candidate on its way through the gate. Costly views of it are made when a check first asks for them. */
export class Draft {
  #cloze: readonly ClozePart[] | null | undefined;
  #span: Span | null | undefined;
  #grounding: Grounding | undefined;
  #quoteText: string | undefined;
  #sentence: string | undefined;
  #answer: string | undefined;
  #written: string | undefined;
  #plainFront: string | undefined;
  #plainBack: string | undefined;
  #wording: Wording | undefined;

  readonly #chunk: Span;

  constructor(
    readonly candidate: Candidate,
    readonly brief: Brief,
    chunk: Span,
  ) {
    this.#chunk = chunk;
  }

  get isCloze(): boolean {
    return this.candidate.type === 'cloze';
  }

  /** A cloze taken apart; null when it is no valid one. */
  get cloze(): readonly ClozePart[] | null {
    return this.#cloze === undefined ? (this.#cloze = parseCloze(this.candidate.front)) : this.#cloze;
  }

  /** Where the quote stands in the source; null when it does not. */
  get span(): Span | null {
    if (this.#span !== undefined) return this.#span;
    const { start, end } = this.#chunk;
    return (this.#span = this.brief.source.locate(this.candidate.quote, start, end));
  }

  /** Whether the quote, or what stands around it, bears the answer out. */
  get grounding(): Grounding {
    return (this.#grounding ??= groundingOf(this));
  }

  /** Where the quote stands that is meant: it may stand at several places. */
  get place(): Span | null {
    return this.grounding.kind === 'grounded' ? this.grounding.place : this.span;
  }

  /** The quote as the source has it, folded. */
  get quoteText(): string {
    return (this.#quoteText ??= plain(
      this.span ? this.brief.source.text.slice(this.span.start, this.span.end) : this.candidate.quote,
    ));
  }

  /** The front as it reads, without cloze markers. */
  get sentence(): string {
    if (!this.isCloze) return this.candidate.front;
    return (this.#sentence ??= withoutMarkers(this.candidate.front));
  }

  /** Everything the model wrote for the learner to read. */
  get written(): string {
    const { front, back, choices } = this.candidate;
    return (this.#written ??= choices ? `${front}\n${back}\n${choices.join('\n')}` : `${front}\n${back}`);
  }

  /** The answer as the deck shows it: of a cloze the hidden words. */
  get answer(): string {
    if (!this.isCloze) return this.candidate.back;
    return (this.#answer ??= [...new Set(deletions(this.cloze ?? []).map(({ hidden }) => hidden))].join('; '));
  }

  get plainFront(): string {
    return (this.#plainFront ??= plain(this.candidate.front));
  }

  get plainBack(): string {
    return (this.#plainBack ??= plain(this.answer));
  }

  get wording(): Wording {
    return (this.#wording ??= { front: bigrams(this.plainFront), back: bigrams(this.plainBack) });
  }
}
