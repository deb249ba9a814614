import type { Span } from '../text/boundary';
import type { Draft } from './draft';
import { LIMITS } from './limits';
import { isFunctionWord } from '../text/stop-words';
import { jaccard, tokens } from '../text/words';

/** In which way a card says again what another says. */
export type Repetition = 'duplicate' | 'same_fact' | 'near_duplicate';

/** Remembers the kept cards of a job and knows a card that says the same again. */
export class Duplicates {
  readonly #keys = new Set<string>();
  readonly #facts = new Set<string>();
  readonly #kept: Draft[] = [];
  /** Three rules ask the same of one draft, one after the other. */
  #asked: Draft | undefined;
  #answer: Repetition | null = null;

  /** In which way `draft` says again what a kept card says. */
  repetition(draft: Draft): Repetition | null {
    if (this.#asked !== draft) {
      this.#asked = draft;
      this.#answer = this.#find(draft);
    }
    return this.#answer;
  }

  #find(draft: Draft): Repetition | null {
    if (this.#keys.has(keyOf(draft))) return 'duplicate';
    if (this.#facts.has(factOf(draft))) return 'same_fact';
    return this.#kept.some((kept) => isNear(kept, draft)) ? 'near_duplicate' : null;
  }

  add(draft: Draft): void {
    this.#keys.add(keyOf(draft));
    this.#facts.add(factOf(draft));
    this.#kept.push(draft);
  }
}

const keyOf = ({ plainFront, plainBack }: Draft): string => `${plainFront}\0${plainBack}`;
/** One kind of card that asks for the same words of the same quote. */
const factOf = ({ candidate, place, plainBack }: Draft): string =>
  `${candidate.type}\0${place?.start}\0${place?.end}\0${plainBack}`;

// Both have to be near: the same question with another answer, and the same answer asked from the other side, stay.
function isNear(kept: Draft, draft: Draft): boolean {
  const [a, b] = [kept.wording, draft.wording];
  if (jaccard(a.back, b.back) < LIMITS.sameBack || jaccard(a.front, b.front) < LIMITS.sameFront) return false;
  return overlap(kept.place, draft.place) || !namesAnother(kept.plainFront, draft.plainFront);
}

const overlap = (a: Span | null, b: Span | null): boolean =>
  a !== null && b !== null && a.start < b.end && b.start < a.end;

/** Whether each front names something that the other does not: Mars here and Venus there is no repetition. */
function namesAnother(a: string, b: string): boolean {
  const [one, other] = [tokens(a), tokens(b)];
  return hasOwn(one, new Set(other)) && hasOwn(other, new Set(one));
}

const hasOwn = (words: readonly string[], others: ReadonlySet<string>): boolean =>
  words.some((word) => !others.has(word) && !isFunctionWord(word));
