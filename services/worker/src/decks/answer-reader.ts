import type { Gate } from './gate/gate';
import type { Card } from '@flashcards/shared/contract/deck';
import { CardScanner, type Scanned } from './read/parse';
import type { Chunk } from './text/chunk';

const MAX_OUTPUT_CHARS = 200_000;

/** Reads the answer of one call while it is written: each card goes through the gate the moment its brace closes. */
export class AnswerReader {
  generated = 0;
  kept = 0;
  readonly dropped: Record<string, number> = {};
  readonly #scanner = new CardScanner(MAX_OUTPUT_CHARS);

  readonly #gate: Gate;
  readonly #chunk: Chunk;
  readonly #onCard: (card: Card) => void;

  constructor(gate: Gate, chunk: Chunk, onCard: (card: Card) => void) {
    this.#gate = gate;
    this.#chunk = chunk;
    this.#onCard = onCard;
  }

  read(delta: string): void {
    this.#offer(this.#scanner.push(delta));
  }

  /** The answer has ended; `cut` is whether before its own end. */
  finish(cut: boolean): Scanned {
    const { found, ...scanned } = this.#scanner.finish();
    // Where the answer was cut, what looks like its end may stand in a card.
    if (!cut) this.#offer(found);
    return scanned;
  }

  #offer(candidates: readonly unknown[]): void {
    for (const candidate of candidates) {
      const verdict = this.#gate.offer(candidate, this.#chunk);
      this.generated += 1;
      if (verdict.kind === 'dropped') this.dropped[verdict.reason] = (this.dropped[verdict.reason] ?? 0) + 1;
      else this.kept += 1;
      if (verdict.kind === 'kept') this.#onCard(verdict.card);
    }
  }
}
