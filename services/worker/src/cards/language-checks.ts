import type { Draft } from './draft';
import { primary } from './phrases';
import { chineseVotes, scriptFits, speaksAnother } from './script';

/** Characters of both writings of Chinese, more than a name brings along. */
export function mixesVariants(draft: Draft): boolean {
  if (primary(draft.brief.language) !== 'zh') return false;
  const { simplified, traditional } = chineseVotes(draft.written);
  return simplified > MOST_STRAY && traditional > MOST_STRAY;
}
const MOST_STRAY = 1;

/** Another script than the language's, or one of the languages that share it. */
export function isForeign({ brief, sentence, answer }: Draft): boolean {
  const text = `${sentence}\n${answer}`;
  return !scriptFits(brief.language, text) || speaksAnother(primary(brief.language), text);
}
