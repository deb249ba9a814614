import { fold } from '@flashcards/shared/text/fold';
import type { Card } from '@flashcards/shared/contract/deck';
import type { Draft } from '../draft';
import { LIMITS, usedOf } from '../limits';
import { dominantScript } from '../../text/script';

/** Answers about the other answers: they make no sense once the order is shuffled. */
const ABOUT_OTHERS =
  /^(?:all|none|both|neither|any|some|two) of (?:the )?(?:above|these|them|below|options|following)|^(?:both|neither) [ab]\b|^以上|^上述|^(?:都|全|皆)(?:是|不是|对|對|正[确確]|[错錯])|^[a-d]和[a-d]$|^上記(?:の|すべて|全)|^위의? 모두|^모두 (?:맞|정답)|^(?:alle|keine|toutes?|aucune?|todas?|ninguna?|nenhuma|tutte|nessuna) .{0,320}(?:genannten|oben|ci-dessus|anteriores|acima|precedenti)/iu;

const wrongOf = ({ candidate }: Draft): readonly string[] => candidate.choices ?? [];
const isChoice = ({ candidate }: Draft): boolean => candidate.type === 'choice';

/** Too few wrong answers to choose among, or too many. */
export const isMiscounted = (draft: Draft): boolean =>
  isChoice(draft) &&
  (wrongOf(draft).length < LIMITS.wrongChoices.min || wrongOf(draft).length > LIMITS.wrongChoices.max);

const seenAs = (answer: string): string =>
  fold(answer, 'match')
    .text.replace(/(?<![\s.,;:!])[\s.,;:!]+$/, '')
    .trim();

/** Two answers are the same, the right one is among the wrong, or one says nothing. */
export function hasTwins(draft: Draft): boolean {
  if (!isChoice(draft)) return false;
  const seen = [draft.candidate.back, ...wrongOf(draft)].map(seenAs);
  return new Set(seen).size !== seen.length || seen.includes('');
}

/** An answer is about the other answers. */
export const isAboutOthers = (draft: Draft): boolean =>
  isChoice(draft) && [draft.candidate.back, ...wrongOf(draft)].some((answer) => ABOUT_OTHERS.test(answer.trim()));

const HAS_NUMBER = /[\d０-９]|[一二三四五六七八九十百千万億亿]{2,}/;
/** A number with its unit, not a name with a number in it. */
const IS_NUMBER = /^(?:(?:about|around|in|ad|bc|over|nearly|[约約]|大[约約]|公元前?)\s*)?[\d０-９]/i;
const ONLY_NUMBER = /^[\s\d０-９.,%％°~-]+$/;

/**
 * The shape of the right answer gives it away: the only number, the only one in its language, or much the longest.
 */
export function standsOut(draft: Draft): boolean {
  if (!isChoice(draft)) return false;
  const { back } = draft.candidate;
  const wrong = wrongOf(draft);
  if (
    IS_NUMBER.test(back)
      ? !wrong.some((answer) => HAS_NUMBER.test(answer))
      : wrong.some((answer) => ONLY_NUMBER.test(answer))
  )
    return true;
  const script = dominantScript(back);
  if (script !== null && wrong.every((answer) => answer.trim().includes(' ') && dominantScript(answer) !== script))
    return true;
  const longest = Math.max(...wrong.map((answer) => usedOf(LIMITS.choiceLong, answer)));
  const right = usedOf(LIMITS.choiceLong, back);
  return right > 1 && right > longest * LIMITS.choiceRatio;
}

/**
 * All answers of a choice, in an order that depends on the card's id alone: models too often put the right one first.
 */
export function shuffled(answers: readonly string[], id: Card['id']): string[] {
  const order = [...answers];
  let state = Number.parseInt(id.slice(-8), 16);
  for (let last = order.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const pick = Math.floor((state / 2 ** 32) * (last + 1));
    const [picked, swapped] = [order[pick], order[last]];
    if (picked === undefined || swapped === undefined) break;
    [order[last], order[pick]] = [picked, swapped];
  }
  return order;
}
