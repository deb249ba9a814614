import type { Options } from '@flashcards/shared/contract/job';
import { wideCount } from './words';

/** A length in characters: so many of Latin letters and the like, or so many of Chinese, Japanese or Korean ones. */
export interface Limit {
  readonly narrow: number;
  readonly wide: number;
}

/** The thresholds of the gate. The prompt prints the same numbers, so that it asks for what will be kept. */
export const LIMITS = {
  quoteLeast: { narrow: 12, wide: 6 },
  quoteMost: { narrow: 600, wide: 240 },
  front: { narrow: 200, wide: 80 },
  clozeSentence: { narrow: 320, wide: 120 },
  back: {
    short: { narrow: 80, wide: 40 },
    medium: { narrow: 160, wide: 80 },
    detailed: { narrow: 320, wide: 120 },
  } satisfies Record<Options['answer_length'], Limit>,
  /** An answer shorter than this may stand in a question by chance. */
  leakLeast: { narrow: 3, wide: 2 },
  /** An answer of at least so many units leaks when the question holds this share of them. */
  leakUnits: 3,
  leakShare: 0.8,
  /** Two cards say the same when both fronts and backs share this much of their wording. */
  sameFront: 0.7,
  sameBack: 0.5,
  wrongChoices: { least: 2, most: 4 },
  modelTags: 3,
  tagChars: 32,
} as const;

/** How much of a limit `text` uses up; 1 is all of it. Each character counts by its own kind, so mixed texts are fair. */
export function usedOf(limit: Limit, text: string): number {
  const wide = wideCount(text);
  return wide / limit.wide + (text.length - wide) / limit.narrow;
}

/** A limit in the words of the prompt. */
export const inWords = ({ narrow, wide }: Limit): string =>
  `${narrow} characters (${wide} in Chinese, Japanese or Korean)`;
