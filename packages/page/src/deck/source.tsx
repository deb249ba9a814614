import type { Card } from '@flashcards/client';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Passage, passagesOf } from './passages';
import { useWords } from '../frame/preferences';

interface SourceProps {
  readonly text: string;
  readonly language: string | undefined;
  readonly cards: readonly Card[];
  readonly uncited: readonly (readonly [number, number])[];
  /** The number of the active card, and whether to scroll its quote into view. */
  readonly active: { readonly number?: number; readonly reveal: boolean };
  readonly onPick: (number: number) => void;
}

/** The text, with the number of each card at the end of its quote. */
export function Source({ text, language, cards, uncited, active, onPick }: SourceProps) {
  const words = useWords();
  const sheet = useRef<HTMLDivElement>(null);
  const passages = useMemo(
    () =>
      passagesOf(
        text,
        cards.flatMap((card, index) => (card.review === 'rejected' ? [] : [{ ...card, number: index + 1 }])),
        uncited,
      ),
    [text, cards, uncited],
  );
  useEffect(() => {
    if (active.reveal) bringIntoView(sheet.current, sheet.current?.querySelector<HTMLElement>('.active'));
  }, [active]);
  return (
    <section class="source" aria-label={words.source}>
      <h2>{words.source}</h2>
      <div class="source-text" ref={sheet} lang={language} tabIndex={0} role="group" aria-label={words.source}>
        {passages.map((passage) => (
          <PassageText key={passage.start} passage={passage} text={text} active={active.number} onPick={onPick} />
        ))}
      </div>
    </section>
  );
}

/** Scrolls the sheet if it scrolls by itself, else the window; never both. */
function bringIntoView(sheet: HTMLElement | null, mark: HTMLElement | null | undefined): void {
  if (!sheet || !mark) return;
  const behavior = matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth';
  const alone = getComputedStyle(sheet).maxHeight === 'none';
  if (alone) return mark.scrollIntoView({ block: 'center', behavior });
  const top = mark.getBoundingClientRect().top - sheet.getBoundingClientRect().top + sheet.scrollTop;
  sheet.scrollTo({ top: top - sheet.clientHeight / 3, behavior });
}

interface PassageProps extends Pick<SourceProps, 'text' | 'onPick'> {
  readonly active: number | undefined;
  readonly passage: Passage;
}

function PassageText({ passage, text, active, onPick }: PassageProps) {
  const words = useWords();
  const { start, end, cards, ending, uncited } = passage;
  const look = [
    cards.length > 0 && 'quoted',
    active !== undefined && cards.includes(active) && 'active',
    uncited && 'uncited',
  ];
  return (
    <>
      <span class={look.filter(Boolean).join(' ')}>{text.slice(start, end)}</span>
      {ending.map((number) => (
        <button
          key={number}
          type="button"
          class={number === active ? 'cite active-cite' : 'cite'}
          aria-label={words.cite(number)}
          onClick={() => onPick(number)}
        >
          {number}
        </button>
      ))}
    </>
  );
}
