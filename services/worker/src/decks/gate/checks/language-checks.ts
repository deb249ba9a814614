import type { Draft } from '../draft';
import { primary } from '../phrases';
import { chineseVotes, scriptFits, speaksAnother } from '../../text/script';

/**
 * The card mixes simplified and traditional Chinese by more than a name would. What the source mixes may stay mixed.
 */
export const mixesVariants = ({ brief, written, candidate }: Draft): boolean =>
  primary(brief.language) === 'zh' && isMixed(written) && !isMixed(candidate.quote);

const MAX_STRAY = 1;
function isMixed(text: string): boolean {
  const { simplified, traditional } = chineseVotes(text);
  return simplified > MAX_STRAY && traditional > MAX_STRAY;
}

/** Another script than the language's, or one of the languages that share it. */
export function isForeign({ brief, sentence, answer }: Draft): boolean {
  const text = `${sentence}\n${answer}`;
  return !scriptFits(brief.language, text) || speaksAnother(primary(brief.language), text);
}
