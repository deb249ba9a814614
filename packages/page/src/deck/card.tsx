import type { Card } from '@flashcards/client';
import { useState } from 'preact/hooks';
import { CardEditor } from './card-editor';
import { Back, Front } from './faces';
import { Button, TroubleNote } from '../frame/parts';
import { useWords } from '../frame/preferences';
import { Proposal } from './proposal';
import type { CardActions } from './use-card';
import { useCard } from './use-card';

export interface CardProps {
  readonly card: Card;
  readonly number: number;
  readonly job: string;
  readonly language: string | undefined;
  readonly shown: boolean;
  readonly active: boolean;
  /** The job has ended, so cards can be changed. */
  readonly isFinal: boolean;
  readonly hasSource: boolean;
  readonly onFlip: () => void;
  readonly onLook: (reveal: boolean) => void;
  /** Scrolls the quote into view. */
  readonly onShow: () => void;
  readonly onChange: (card: Card) => void;
}

/** One card of the deck: its question, its answer, and the words that it quotes. */
export function CardItem(props: CardProps) {
  const { card, number, language, shown, active, isFinal, onFlip, onLook } = props;
  const [editing, setEditing] = useState(false);
  const actions = useCard(props.job, card, props.onChange);
  const rejected = card.review === 'rejected';
  const byKey: Readonly<Record<string, () => void>> = {
    ' ': onFlip,
    ...(isFinal ? { e: () => setEditing(true), x: () => void actions.toggle() } : {}),
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: EventTarget }): void => {
    // Only keys of the card itself: its buttons and fields have their own.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = byKey[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <li
      class={['card', card.type, active && 'active', rejected && 'rejected', shown && 'shown']
        .filter(Boolean)
        .join(' ')}
      id={`card-${number}`}
      tabIndex={0}
      aria-label={useWords().card(number)}
      onMouseEnter={() => onLook(false)}
      onFocusIn={() => onLook(true)}
      onKeyDown={onKeyDown}
    >
      <CardHead {...props} />
      {editing ? (
        <CardEditor
          card={card}
          language={language}
          onSave={async (edit) => {
            await actions.edit(edit);
            setEditing(false);
          }}
          onDiscard={() => setEditing(false)}
        />
      ) : (
        <Faces {...props} />
      )}
      <Proposal language={language} actions={actions} />
      <TroubleNote trouble={actions.trouble} />
      {!editing && <CardFoot {...props} actions={actions} onEdit={() => setEditing(true)} />}
    </li>
  );
}

function CardHead({ card, number }: CardProps) {
  const words = useWords();
  return (
    <div class="card-head">
      <span class="number" aria-hidden="true">
        {number}
      </span>
      <span class="kind">{words.kind[card.type]}</span>
      {card.edited_at && <span class="kind">{words.edited}</span>}
      {card.review === 'rejected' && <span class="kind state">{words.rejected}</span>}
    </div>
  );
}

function Faces({ card, language, shown, hasSource, onFlip, onShow }: CardProps) {
  return (
    <>
      {/* A pointer may press anywhere; the button below is for everyone else. */}
      <div class="faces" lang={language} onClick={() => getSelection()?.isCollapsed !== false && onFlip()}>
        <Front card={card} shown={shown} />
        {shown && <Back card={card} />}
      </div>
      {/* Before the answer is shown, the quote would give it away. */}
      {shown && <Quote {...{ card, language, hasSource, onShow }} />}
    </>
  );
}

function Quote({ card, language, hasSource, onShow }: Pick<CardProps, 'card' | 'language' | 'hasSource' | 'onShow'>) {
  const words = useWords();
  const quote = <q lang={language}>{card.quote}</q>;
  if (!hasSource) return <p class="quote">{quote}</p>;
  return (
    <button type="button" class="quote" title={words.fromSource} onClick={onShow}>
      <span class="unseen">{words.fromSource}: </span>
      {quote}
    </button>
  );
}

function CardFoot({
  card,
  number,
  shown,
  isFinal,
  onFlip,
  actions,
  onEdit,
}: CardProps & { actions: CardActions; onEdit: () => void }) {
  const words = useWords();
  const named = (what: string): string => `${what}: ${words.card(number)}`;
  const rejected = card.review === 'rejected';
  return (
    <div class="card-foot">
      <Button look="plain" aria-expanded={shown} aria-label={named(shown ? words.unflip : words.flip)} onPress={onFlip}>
        {shown ? words.unflip : words.flip}
      </Button>
      {isFinal && (
        <span class="card-actions">
          {!rejected && (
            <>
              <Button look="plain" aria-label={named(words.edit)} onPress={onEdit}>
                {words.edit}
              </Button>
              <Button
                look="plain"
                aria-label={named(words.regenerate)}
                disabled={actions.busy}
                onPress={() => void actions.regenerate()}
              >
                {actions.busy ? words.regenerating : words.regenerate}
              </Button>
            </>
          )}
          <Button
            look="plain"
            aria-label={named(rejected ? words.restore : words.reject)}
            onPress={() => void actions.toggle()}
          >
            {rejected ? words.restore : words.reject}
          </Button>
        </span>
      )}
    </div>
  );
}
