import type { Draft, Wording } from './draft';
import { LIMITS } from './limits';
import { jaccard } from './words';

/** Remembers the kept cards of a job and knows a card that says the same again. */
export class Duplicates {
  readonly #keys = new Set<string>();
  readonly #wordings: Wording[] = [];

  has(draft: Draft): boolean {
    if (keysOf(draft).some((key) => this.#keys.has(key))) return true;
    return this.#wordings.some((kept) => isNear(kept, draft.wording));
  }

  add(draft: Draft): void {
    for (const key of keysOf(draft)) this.#keys.add(key);
    this.#wordings.push(draft.wording);
  }
}

/** Same front and back; or one kind of card that asks for the same words of the same quote. */
const keysOf = (draft: Draft): string[] => [
  `${draft.plainFront}\0${draft.plainBack}`,
  `${draft.candidate.type}\0${draft.span?.start}\0${draft.span?.end}\0${draft.plainBack}`,
];

// Both have to be near: the same question with another answer, and the same answer asked from the other side, stay.
const isNear = (kept: Wording, wording: Wording): boolean =>
  jaccard(kept.back, wording.back) >= LIMITS.sameBack && jaccard(kept.front, wording.front) >= LIMITS.sameFront;
