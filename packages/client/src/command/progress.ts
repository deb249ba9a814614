import type { JobEvent } from '../follow';
import type { Progress } from '../wire';
import type { Terminal } from './terminal';

const BAR = 24;

/** `████████████░░░░░░░░░░░░  5 of 10 cards`. */
export function barOf({ cards, cards_wanted: wanted }: Progress, columns: number): string {
  const words = ` ${cards} of ${wanted} card${wanted === 1 ? '' : 's'}`;
  const width = Math.max(0, Math.min(BAR, columns - words.length - 1));
  const full = Math.round((Math.min(cards, wanted) / wanted) * width);
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}${words}`;
}

/** Shows the progress of a job: a bar in a terminal, elsewhere one line for each change of status. */
export class ProgressLine {
  #cards = 0;
  #last = '';

  readonly #terminal: Terminal;
  readonly #wanted: number;

  constructor(terminal: Terminal, wanted: number) {
    this.#terminal = terminal;
    this.#wanted = wanted;
  }

  waiting(position: number, etaSeconds: number): void {
    const eta = etaSeconds > 0 ? `, about ${etaSeconds} s` : '';
    this.#show(position > 1 ? `Waiting: ${position - 1} ahead${eta}.` : `Waiting for a worker${eta}.`);
  }

  report(event: JobEvent): void {
    if (event.type === 'card') this.#cards += 1;
    if (event.type === 'progress') this.#cards = Math.max(this.#cards, event.data.cards);
    const writing =
      event.type !== 'done' && (this.#cards > 0 || (event.type === 'status' && event.data.status === 'running'));
    if (writing) this.#draw();
  }

  clear(): void {
    this.#terminal.redraw?.('');
  }

  #draw(): void {
    const { redraw, columns } = this.#terminal;
    const progress: Progress = { stage: 'generating', cards: this.#cards, cards_wanted: this.#wanted, percent: 0 };
    if (redraw) redraw(barOf(progress, columns));
    else this.#show('Writing cards.');
  }

  #show(line: string): void {
    if (line === this.#last) return;
    this.#last = line;
    if (this.#terminal.redraw) this.#terminal.redraw(line);
    else this.#terminal.say(line);
  }
}
