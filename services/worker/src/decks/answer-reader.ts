import type { Gate } from './gate/gate';
import type { Card } from '@flashcards/shared/contract/deck';
import { type Pace, createPace } from './pace';
import { CardScanner, type Scanned } from './read/parse';
import type { Chunk } from './text/chunk';

const MAX_OUTPUT_CHARS = 200_000;
/** So much of an answer is read at once, however long the turn takes. Holds some three cards as long as may be. */
const PIECE_CHARS = 2_048;
const PACE = createPace();

export interface ReaderParts {
  readonly gate: Gate;
  readonly chunk: Chunk;
  readonly onCard: (card: Card) => void;
  readonly pace?: Pace;
}

/**
 * Reads the answer of one call while it is written: each card goes through the gate the moment its brace closes. An
 * answer that comes all at once, or whose cards are costly to judge, is read over several turns of the event loop.
 */
export class AnswerReader {
  generated = 0;
  kept = 0;
  readonly dropped: Record<string, number> = {};
  readonly #scanner = new CardScanner(MAX_OUTPUT_CHARS);
  /** What came and is not read yet. */
  #waiting = '';
  #reading: Promise<void> | undefined;

  readonly #parts: ReaderParts;
  readonly #pace: Pace;

  constructor(parts: ReaderParts) {
    this.#parts = parts;
    this.#pace = parts.pace ?? PACE;
  }

  read(delta: string): void {
    this.#waiting += delta;
    if (this.#reading) return;
    this.#readWhileTime();
    if (this.#waiting === '') return;
    this.#reading = this.#readOn();
    // What it throws is for `rest`; before that it is nobody's, and would end the process.
    this.#reading.catch(() => undefined);
  }

  /** Resolves when all that came is read. Throws what reading threw. */
  async rest(): Promise<void> {
    await this.#reading;
  }

  /** The answer has ended; `cut` is whether before its own end. Call it when `rest` has resolved. */
  finish(cut: boolean): Scanned {
    const { found, ...scanned } = this.#scanner.finish();
    // Where the answer was cut, what looks like its end may stand in a card.
    if (!cut) this.#offer(found);
    return scanned;
  }

  async #readOn(): Promise<void> {
    while (this.#waiting !== '') {
      await this.#pace.nextTurn();
      this.#readWhileTime();
    }
    this.#reading = undefined;
  }

  #readWhileTime(): void {
    while (this.#waiting !== '' && this.#pace.hasTime()) {
      const piece = this.#waiting.slice(0, PIECE_CHARS);
      this.#waiting = this.#waiting.slice(PIECE_CHARS);
      this.#offer(this.#scanner.push(piece));
    }
  }

  #offer(candidates: readonly unknown[]): void {
    const { gate, chunk, onCard } = this.#parts;
    for (const candidate of candidates) {
      const verdict = gate.offer(candidate, chunk);
      this.generated += 1;
      if (verdict.kind === 'dropped') this.dropped[verdict.reason] = (this.dropped[verdict.reason] ?? 0) + 1;
      else this.kept += 1;
      if (verdict.kind === 'kept') onCard(verdict.card);
    }
  }
}
