import { questionFor, deletions } from '@flashcards/shared/text/cloze';
import { plain, type Draft } from './draft';
import { LIMITS, reaches } from './limits';
import { contentUnits } from '../text/words';

/** Whether what is shown gives the answer away. */
export const leaks = (draft: Draft): boolean => LEAKS[draft.candidate.type](draft);

const LEAKS: Readonly<Record<Draft['candidate']['type'], (draft: Draft) => boolean>> = {
  basic: (draft) => reveals(draft.plainFront, draft.plainBack),
  choice: (draft) => reveals(draft.plainFront, draft.plainBack),
  // Asked both ways, so either side can give away the other.
  reversed: (draft) => reveals(draft.plainFront, draft.plainBack) || reveals(draft.plainBack, draft.plainFront),
  cloze: clozeLeaks,
};

/** Each place is asked alone, with the others revealed. */
function clozeLeaks({ cloze }: Draft): boolean {
  const places = deletions(cloze ?? []);
  return places.some(({ ordinal, hidden }) => holds(plain(questionFor(cloze ?? [], ordinal)), plain(hidden)));
}

const reveals = (shown: string, answer: string): boolean => holds(shown, answer) || rewords(shown, answer);

const LETTER = /[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}]/u;

/** Whether `answer` stands in `shown`, not merely inside a longer word: `iron` is not in `environment`, nor `7` in `70`. */
function holds(shown: string, answer: string): boolean {
  if (!reaches(LIMITS.minLeak, answer) && !/^\d/.test(answer)) return false;
  for (let at = shown.indexOf(answer); at >= 0; at = shown.indexOf(answer, at + 1)) {
    const end = at + answer.length;
    if (!continues(shown, at) && !continues(shown, end)) return true;
  }
  return false;
}

/** Whether a word runs on across `at`. */
const continues = (text: string, at: number): boolean =>
  LETTER.test(text.charAt(at - 1)) && LETTER.test(text.charAt(at));

/** Whether the question already says nearly all that an answer of some length says. */
function rewords(shown: string, answer: string): boolean {
  const units = contentUnits(answer);
  if (units.size < LIMITS.leakUnits) return false;
  const before = contentUnits(shown);
  const known = [...units].filter((unit) => before.has(unit)).length;
  return known >= units.size * LIMITS.leakShare;
}
