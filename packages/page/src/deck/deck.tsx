import { type Card, type Job, isTerminal } from '@flashcards/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Account } from '../account/account';
import { troubleOf } from '../api';
import { CardItem } from './card';
import { Download } from './download';
import { JobStatus } from './job-status';
import { Button, TroubleNote, holds } from '../frame/parts';
import { useWords } from '../frame/preferences';
import { show } from '../frame/route';
import { type SavedJob, savedJob } from '../storage/saved-jobs';
import { Source } from './source';
import { keep } from '../storage/stored';
import { StudyDialog } from '../study/study';
import { submitText } from '../compose/submit';
import { useJob } from './use-job';

/** The page of one job: its cards as they arrive, next to the text that they quote. */
export function Deck({ id }: { id: string }) {
  const words = useWords();
  const [view, change] = useJob(id);
  const { job, cards } = view;
  const saved = savedJob(id);
  const [studying, setStudying] = useState(false);
  const [shown, setShown] = useState<ReadonlySet<string>>(new Set());
  const title = job?.result?.deck.title ?? saved?.title ?? words.working;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), [id]);
  const language = job?.result?.deck.language;
  const isFinal = job !== undefined && job.result !== null;
  const replace = (card: Card): void =>
    change((now) => ({ ...now, cards: now.cards.map((each) => (each.id === card.id ? card : each)) }));
  const allShown = cards.length > 0 && cards.every((card) => shown.has(card.id));
  return (
    <main id="content" class="deck" tabIndex={-1}>
      <header class="deck-head">
        <h1 ref={heading} tabIndex={-1} lang={language}>
          {title}
        </h1>
        {isFinal && cards.length > 0 && (
          <div class="row deck-actions">
            <Button look="main" onPress={() => setStudying(true)}>
              {words.study}
            </Button>
            <Download job={id} />
            <Button look="plain" onPress={() => setShown(allShown ? new Set() : new Set(cards.map((card) => card.id)))}>
              {allShown ? words.hideAll : words.showAll}
            </Button>
          </div>
        )}
        {job && (
          <JobStatus
            job={job}
            cards={cards.length}
            lost={view.lost}
            onCanceled={(now) => change((before) => ({ ...before, job: now }))}
          />
        )}
        <Ending job={job} error={view.error} saved={saved} />
        <Announcer count={cards.length} ended={job !== undefined && isTerminal(job.status)} />
      </header>
      {(cards.length > 0 || (job && !isTerminal(job.status))) && (
        <Desk {...{ id, job, cards, saved, shown, setShown, isFinal, language }} onChange={replace} />
      )}
      {studying && <StudyDialog cards={cards} language={language} onClose={() => setStudying(false)} />}
    </main>
  );
}

interface DeskProps {
  readonly id: string;
  readonly job: Job | undefined;
  readonly cards: readonly Card[];
  readonly saved: SavedJob | undefined;
  readonly shown: ReadonlySet<string>;
  readonly setShown: (shown: ReadonlySet<string>) => void;
  readonly isFinal: boolean;
  readonly language: string | undefined;
  readonly onChange: (card: Card) => void;
}

/** The source and the cards, side by side on a wide screen. */
function Desk({ id, job, cards, saved, shown, setShown, isFinal, language, onChange }: DeskProps) {
  const words = useWords();
  const [active, setActive] = useState<{ number?: number; reveal: boolean }>({ reveal: false });
  const [uncited, setUncited] = useState(false);
  const [side, setSide] = useState<'cards' | 'source'>('cards');
  const list = useRef<HTMLOListElement>(null);
  const flip = (card: Card): void => {
    const next = new Set(shown);
    if (!next.delete(card.id)) next.add(card.id);
    setShown(next);
  };
  const result = job?.result;
  const pick = (number: number): void => {
    setSide('cards');
    setActive({ number, reveal: false });
    requestAnimationFrame(() => list.current?.querySelector<HTMLElement>(`#card-${number}`)?.focus());
  };
  return (
    <div class={`desk show-${side} ${saved ? '' : 'no-source'}`}>
      {saved && <Sides side={side} onSide={setSide} />}
      {saved && (
        <Source
          text={saved.text}
          language={language}
          cards={cards}
          uncited={uncited && result ? result.coverage.uncited : []}
          active={active}
          onPick={pick}
        />
      )}
      <section class="cards" aria-label={words.cards}>
        {!saved && <p class="quiet">{words.noSource}</p>}
        <ol ref={list} onKeyDown={(event) => step(event, list.current)}>
          {cards.map((card, index) => (
            <CardItem
              key={card.id}
              {...{ card, job: id, language, isFinal, onChange }}
              number={index + 1}
              shown={shown.has(card.id)}
              active={active.number === index + 1}
              hasSource={saved !== undefined}
              onFlip={() => flip(card)}
              onLook={(reveal) => setActive({ number: index + 1, reveal })}
              onShow={() => {
                setSide('source');
                setActive({ number: index + 1, reveal: true });
              }}
            />
          ))}
          {job && !isTerminal(job.status) && <li class="card coming" aria-hidden="true" />}
        </ol>
        {cards.length > 0 && isFinal && <p class="quiet keys">{words.keys}</p>}
        {job && result && (
          <Account job={job} result={result} uncited={uncited} onUncited={saved ? setUncited : undefined} />
        )}
      </section>
    </div>
  );
}

/** A phone shows one of the two at a time. */
function Sides({ side, onSide }: { side: 'cards' | 'source'; onSide: (side: 'cards' | 'source') => void }) {
  const words = useWords();
  return (
    <div class="sides" role="group">
      <button type="button" aria-pressed={side === 'cards'} onClick={() => onSide('cards')}>
        {words.cardsTab}
      </button>
      <button type="button" aria-pressed={side === 'source'} onClick={() => onSide('source')}>
        {words.source}
      </button>
    </div>
  );
}

/** J and K move between cards, wherever in a card the focus is. */
function step(event: KeyboardEvent, list: HTMLOListElement | null): void {
  const by = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!by || !list || event.ctrlKey || event.metaKey || event.target instanceof HTMLTextAreaElement) return;
  const items = [...list.querySelectorAll<HTMLElement>('li[id]')];
  const at = items.findIndex((item) => holds(item, event.target));
  items[at + by]?.focus();
}

/** What went wrong, and what can be done. */
function Ending({ job, error, saved }: { job: Job | undefined; error: unknown; saved: SavedJob | undefined }) {
  const words = useWords();
  const [again, setAgain] = useState<unknown>();
  const gone = error !== undefined;
  if (!gone && !job?.error) return null;
  const readTrouble = gone ? troubleOf(error, words) : undefined;
  const trouble =
    again !== undefined
      ? troubleOf(again, words)
      : (readTrouble ?? (job?.error ? failureOf(job.error, words) : undefined));
  const remake = async (): Promise<void> => {
    if (!saved) return;
    try {
      await submitText(saved.text, saved.options, true);
    } catch (refused) {
      setAgain(refused);
    }
  };
  const backToText = (): void => {
    if (saved) keep('draft', saved.text);
    show(undefined);
  };
  return (
    <TroubleNote trouble={trouble}>
      {gone && saved && <p>{words.goneHint}</p>}
      <p class="row">
        {saved && <Button onPress={() => void remake()}>{gone ? words.remake : words.again}</Button>}
        <Button look="plain" onPress={backToText}>
          {saved ? words.editText : words.home}
        </Button>
      </p>
    </TroubleNote>
  );
}

const failureOf = (error: NonNullable<Job['error']>, words: ReturnType<typeof useWords>) => ({
  what: `${words.failed} ${words.errors[error.code] ?? error.message}`,
  details: [],
});

const QUIET_MS = 1_500;

/** Gives a screen reader the number of cards, once for several at a time. */
function Announcer({ count, ended }: { count: number; ended: boolean }) {
  const words = useWords();
  const [announced, setAnnounced] = useState('');
  useEffect(() => {
    if (count === 0) return;
    const timer = setTimeout(
      () => setAnnounced(ended ? words.ended(count) : words.newCard(count)),
      ended ? 0 : QUIET_MS,
    );
    return () => clearTimeout(timer);
  }, [count, ended, words]);
  return (
    <p class="unseen" role="status">
      {announced}
    </p>
  );
}
