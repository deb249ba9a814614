import type { Card } from '@flashcards/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Back, Front } from '../deck/faces';
import { Button } from '../frame/parts';
import { useWords } from '../frame/preferences';
import { type Study, type Round, answered, beginStudy } from './study-rounds';

interface StudyProps {
  readonly cards: readonly Card[];
  readonly language: string | undefined;
  readonly onClose: () => void;
}

/** One card after another, in the whole window. Everything works from the keyboard. */
export function StudyDialog({ cards, language, onClose }: StudyProps) {
  const words = useWords();
  const [study, setStudy] = useState(() => beginStudy(cards));
  const [shown, setShown] = useState(false);
  const [picked, setPicked] = useState<string>();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
    // A dialog focuses its first button; here the card gets the focus.
    dialog.current?.querySelector<HTMLElement>('.round')?.focus();
  }, []);
  const round = study.rounds[0];
  const answer = (wasKnown: boolean): void => {
    if (!round) return;
    setStudy(answered(study, wasKnown));
    setShown(false);
    setPicked(undefined);
  };
  const pick = (choice: string | undefined): void => {
    if (choice === undefined || shown) return;
    setPicked(choice);
    setShown(true);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey || !round) return;
    const onButton = event.target instanceof HTMLButtonElement;
    if (event.key === ' ' && !onButton) setShown(true);
    else if (event.key === 'ArrowRight' && shown) answer(true);
    else if (event.key === 'ArrowLeft' && shown) answer(false);
    else if (/^[1-5]$/.test(event.key)) pick(round.card.choices?.[Number(event.key) - 1]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog class="study" ref={dialog} aria-label={words.study} onClose={onClose} onKeyDown={onKeyDown}>
      <header>
        <progress aria-label={words.progress} max={study.all} value={study.all - study.rounds.length} />
        <span>{words.studyLeft(study.rounds.length)}</span>
        <Button look="plain" onPress={() => dialog.current?.close()}>
          {words.close}
        </Button>
      </header>
      {round ? (
        <RoundCard
          round={round}
          language={language}
          shown={shown}
          picked={picked}
          onPick={pick}
          onShow={() => setShown(true)}
          onAnswer={answer}
        />
      ) : (
        <Score study={study} onAgain={() => setStudy(beginStudy(cards))} />
      )}
      <footer>{words.studyKeys}</footer>
    </dialog>
  );
}

function Score({ study, onAgain }: { study: Study; onAgain: () => void }) {
  const words = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div class="score">
      <h2 ref={heading} tabIndex={-1}>
        {words.studyDone}
      </h2>
      <p>{words.studyScore(study.known, study.all)}</p>
      <Button look="main" onPress={onAgain}>
        {words.studyAgain}
      </Button>
    </div>
  );
}

interface RoundProps {
  readonly round: Round;
  readonly language: string | undefined;
  readonly shown: boolean;
  readonly picked: string | undefined;
  readonly onPick: (choice: string) => void;
  readonly onShow: () => void;
  readonly onAnswer: (wasKnown: boolean) => void;
}

function RoundCard({ round, language, shown, picked, onPick, onShow, onAnswer }: RoundProps) {
  const words = useWords();
  const { card, backwards } = round;
  const face = useRef<HTMLDivElement>(null);
  useEffect(() => face.current?.focus(), [round, shown]);
  return (
    <>
      <div class="round" ref={face} tabIndex={-1} lang={language} aria-live="polite">
        {backwards ? (
          <Backwards card={card} shown={shown} />
        ) : (
          <Forwards card={card} shown={shown} picked={picked} onPick={onPick} />
        )}
        {picked !== undefined && <p class="verdict">{picked === card.back ? words.right : words.wrong}</p>}
        {shown && <q>{card.quote}</q>}
      </div>
      <div class="row round-buttons">
        {shown ? (
          <>
            <Button look="quiet" onPress={() => onAnswer(false)}>
              {words.unknown} <kbd>←</kbd>
            </Button>
            <Button look="main" onPress={() => onAnswer(true)}>
              {words.known} <kbd>→</kbd>
            </Button>
          </>
        ) : (
          <Button look="main" onPress={onShow}>
            {words.flip} <kbd>␣</kbd>
          </Button>
        )}
      </div>
    </>
  );
}

function Backwards({ card, shown }: { card: Card; shown: boolean }) {
  return (
    <>
      <p class="front">{card.back}</p>
      {shown && <p class="back">{card.front}</p>}
    </>
  );
}

function Forwards({ card, shown, picked, onPick }: Pick<RoundProps, 'shown' | 'picked' | 'onPick'> & { card: Card }) {
  if (!card.choices) {
    return (
      <>
        <Front card={card} shown={shown} />
        {shown && <Back card={card} />}
      </>
    );
  }
  return (
    <>
      <p class="front">{card.front}</p>
      <ol class="choices pick">
        {card.choices.map((choice) => (
          <li key={choice} class={shown && choice === card.back ? 'right' : shown && choice === picked ? 'wrong' : ''}>
            <button type="button" disabled={shown} onClick={() => onPick(choice)}>
              {choice}
            </button>
          </li>
        ))}
      </ol>
    </>
  );
}
