import { fold } from '@flashcards/shared/contract/fold';
import type { Card } from '@flashcards/shared/contract/deck';
import type { Candidate } from './candidate';
import { LIMITS } from './limits';

/** Answers that are about the other answers: they make no sense once the order is shuffled. */
const ABOUT_OTHERS =
  /^(?:all|none|both|neither|any) of (?:the )?(?:above|these|them|below)|^(?:以上|上述)(?:都|皆|全|均)?(?:是|对|正确|不是|不对|错)|^以上(?:答案|选项)?(?:都|皆|均|全)|^(?:alle|keine|toutes?|aucune?|todas?|ninguna?|nenhuma|tutte|nessuna) .*(?:genannten|oben|ci-dessus|anteriores|acima|precedenti)/iu;

/** Whether a choice can be answered: 2 to 4 wrong answers, all different, the right one not among them. */
export function isValidChoice({ back, choices }: Candidate): boolean {
  const wrong = choices ?? [];
  if (wrong.length < LIMITS.wrongChoices.least || wrong.length > LIMITS.wrongChoices.most) return false;
  const seen = [back, ...wrong].map((answer) =>
    fold(answer, 'match')
      .text.replace(/[\s.,;:!]+$/, '')
      .trim(),
  );
  return new Set(seen).size === seen.length && !seen.includes('') && !seen.some((answer) => ABOUT_OTHERS.test(answer));
}

/** All answers of a choice in an order that only the card's id decides: models put the right one first too often. */
export function shuffled(answers: readonly string[], id: Card['id']): string[] {
  const order = [...answers];
  let state = Number.parseInt(id.slice(-8), 16);
  for (let last = order.length - 1; last > 0; last -= 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const pick = Math.floor((state / 2 ** 32) * (last + 1));
    [order[last], order[pick]] = [order[pick] as string, order[last] as string];
  }
  return order;
}
