import type { Draft } from './draft';
import { primary } from './phrases';
import { STOP_WORDS } from './language-marks';
import { chineseVotes, scriptFits } from './script';
import { tokens } from './words';

/** Characters of both writings of Chinese, more than a name brings along. */
export function mixesVariants(draft: Draft): boolean {
  if (primary(draft.brief.language) !== 'zh') return false;
  const { simplified, traditional } = chineseVotes(draft.written);
  return simplified > MOST_STRAY && traditional > MOST_STRAY;
}
const MOST_STRAY = 1;

/** Another script than the language's, or one of the languages that share it by its small words. */
export function isForeign(draft: Draft): boolean {
  const { language } = draft.brief;
  if (!scriptFits(language, `${draft.sentence}\n${draft.answer}`)) return true;
  return speaksAnother(primary(language), draft);
}

const SETS = Object.entries(STOP_WORDS).map(([language, words]) => [language, new Set(words)] as const);
/** Small words of another language that a card needs before it is said to be in it, and how many times those of its own. */
const LEAST_VOTES = 3;
const OUTVOTED = 3;

function speaksAnother(language: string, draft: Draft): boolean {
  if (!Object.hasOwn(STOP_WORDS, language)) return false;
  const words = tokens(`${draft.sentence}\n${draft.answer}`.toLowerCase()).filter((word) => word.length > 1);
  const votes = (known: ReadonlySet<string>): number => words.filter((word) => known.has(word)).length;
  const own = votes(SETS.find(([name]) => name === language)?.[1] ?? new Set());
  return SETS.some(([name, known]) => {
    if (name === language) return false;
    const other = votes(known);
    return other >= LEAST_VOTES && other >= own * OUTVOTED;
  });
}
