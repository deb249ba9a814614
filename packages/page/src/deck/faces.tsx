import type { Card } from '@flashcards/client';
import { clozeParts } from './cloze';
import { useWords } from '../frame/preferences';

/** The question. With the answer shown, the gaps of a cloze are filled and the right choice is marked. */
export function Front({ card, shown }: { card: Card; shown: boolean }) {
  if (card.type === 'cloze') return <Cloze sentence={card.front} shown={shown} />;
  return (
    <>
      <p class="front">{card.front}</p>
      {card.choices && (
        <ol class="choices">
          {card.choices.map((choice) => (
            <li key={choice} class={shown && choice === card.back ? 'right' : ''}>
              {choice}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function Cloze({ sentence, shown }: { sentence: string; shown: boolean }) {
  const words = useWords();
  return (
    <p class="front">
      {clozeParts(sentence).map(({ words: stretch, hidden, hint }, index) => {
        if (!hidden) return <span key={index}>{stretch}</span>;
        if (shown) return <mark key={index}>{stretch}</mark>;
        return (
          <span key={index} class="gap" role="img" aria-label={hint ? `${words.gap}: ${hint}` : words.gap}>
            {hint ?? '\u00a0'}
          </span>
        );
      })}
    </p>
  );
}

/** The answer. A cloze and a choice answer on their front. */
export function Back({ card }: { card: Card }) {
  return card.type === 'cloze' || card.type === 'choice' ? null : <p class="back">{card.back}</p>;
}
