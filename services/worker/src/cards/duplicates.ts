import type { Draft, Wording } from './draft';
import { LIMITS } from './limits';
import { jaccard } from './words';

/** In which way a card says again what another says. */
export type Repetition = 'duplicate' | 'same_fact' | 'near_duplicate';

/** Remembers the kept cards of a job and knows a card that says the same again. */
export class Duplicates {
  readonly #keys = new Set<string>();
  readonly #facts = new Set<string>();
  readonly #wordings: Wording[] = [];

  find(draft: Draft): Repetition | null {
    if (this.#keys.has(keyOf(draft))) return 'duplicate';
    if (this.#facts.has(factOf(draft))) return 'same_fact';
    return this.#wordings.some((kept) => isNear(kept, draft.wording)) ? 'near_duplicate' : null;
  }

  add(draft: Draft): void {
    this.#keys.add(keyOf(draft));
    this.#facts.add(factOf(draft));
    this.#wordings.push(draft.wording);
  }
}

const keyOf = ({ plainFront, plainBack }: Draft): string => `${plainFront}\0${plainBack}`;
/** One kind of card that asks for the same words of the same quote. */
const factOf = ({ candidate, span, plainBack }: Draft): string =>
  `${candidate.type}\0${span?.start}\0${span?.end}\0${plainBack}`;

// Both have to be near: the same question with another answer, and the same answer asked from the other side, stay.
const isNear = (kept: Wording, wording: Wording): boolean =>
  jaccard(kept.back, wording.back) >= LIMITS.sameBack && jaccard(kept.front, wording.front) >= LIMITS.sameFront;
