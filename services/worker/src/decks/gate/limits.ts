import type { Options } from '@flashcards/shared/contract/job';
import { wideCount } from '../text/words';

/** A length in characters: so many of Latin letters and the like, or so many of Chinese, Japanese or Korean ones. */
export interface Limit {
  readonly narrow: number;
  readonly wide: number;
}

/** The thresholds of the gate. The prompt prints the same numbers, so that it asks for what will be kept. */
export const LIMITS = {
  minQuote: { narrow: 12, wide: 6 },
  maxQuote: { narrow: 600, wide: 240 },
  front: {
    easy: { narrow: 160, wide: 64 },
    medium: { narrow: 200, wide: 80 },
    hard: { narrow: 240, wide: 96 },
  } satisfies Record<Options['difficulty'], Limit>,
  /** The front of a reversed card. */
  term: { narrow: 100, wide: 40 },
  clozeSentence: { narrow: 320, wide: 120 },
  back: {
    short: { narrow: 80, wide: 40 },
    medium: { narrow: 160, wide: 80 },
    detailed: { narrow: 320, wide: 120 },
  } satisfies Record<Options['answer_length'], Limit>,
  /** The most items that an answer lists. */
  listItems: 3,
  /** Places of one cloze; share of its words that one number hides; share of them that stands in the quote. */
  clozePlaces: 3,
  clozeHidden: 0.6,
  clozeFromQuote: 0.8,
  /** An answer shorter than this may stand in a question by chance. */
  minLeak: { narrow: 3, wide: 2 },
  /** An answer of at least so many units leaks when the question holds this share of them. */
  leakUnits: 3,
  leakShare: 0.8,
  /** The share of an answer's content that must stand in the quote, or in the text around it up to `around`. */
  borneOut: 0.5,
  around: 200,
  /** Two cards say the same when both fronts and backs share this much of their wording. */
  sameFront: 0.7,
  sameBack: 0.5,
  wrongChoices: { min: 2, max: 4 },
  /**
   * A right answer longer than `choiceLong` stands out when it is `choiceRatio` times as long as the longest wrong
   * one.
   */
  choiceLong: { narrow: 24, wide: 10 },
  choiceRatio: 2,
  modelTags: 3,
  tagChars: 32,
} as const;

/**
 * How much of a limit `text` uses up; 1 is all of it. Each character counts by its own kind, so mixed texts are
 * treated fairly.
 */
export function usedOf(limit: Limit, text: string): number {
  const wide = wideCount(text);
  return wide / limit.wide + (text.length - wide) / limit.narrow;
}

/** Whether `text` is longer than a limit. A text with no more characters than the wide limit needs no count. */
export const exceeds = (limit: Limit, text: string): boolean => text.length > limit.wide && usedOf(limit, text) > 1;

/** Whether `text` uses a limit up. A text with as many characters as the narrow limit always does. */
export const reaches = (limit: Limit, text: string): boolean =>
  text.length >= limit.narrow || (text.length >= limit.wide && usedOf(limit, text) >= 1);

/** A limit as the prompt prints it. The prompt says beforehand what the number in brackets is. */
export const inWords = ({ narrow, wide }: Limit): string => `${narrow} (${wide})`;
