import type { Card, CardEdit } from '@flashcards/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Trouble, troubleOf } from '../api';
import { Button, TroubleNote } from '../frame/parts';
import { useWords } from '../frame/preferences';

interface EditorProps {
  readonly card: Card;
  readonly language: string | undefined;
  readonly onSave: (edit: CardEdit) => Promise<void>;
  readonly onDiscard: () => void;
}

/** The content of a card as fields. Unchanged fields are not sent. */
export function CardEditor({ card, language, onSave, onDiscard }: EditorProps) {
  const words = useWords();
  const [front, setFront] = useState(card.front);
  const [back, setBack] = useState(card.back);
  const [choices, setChoices] = useState(card.choices?.join('\n') ?? '');
  const [trouble, setTrouble] = useState<Trouble>();
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const save = async (): Promise<void> => {
    const edit = editOf(card, { front, back, choices });
    if (Object.keys(edit).length === 0) return onDiscard();
    try {
      await onSave(edit);
    } catch (error) {
      setTrouble(troubleOf(error, words));
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onDiscard();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void save();
  };
  return (
    <form
      class="editor stack"
      lang={language}
      onKeyDown={onKeyDown}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Area label={words.front} value={front} onInput={setFront} area={first} />
      {/* What a cloze asks for stands in its sentence. */}
      {card.type !== 'cloze' && <Area label={words.back} value={back} onInput={setBack} />}
      {card.choices && <Area label={words.choices} value={choices} onInput={setChoices} />}
      <TroubleNote trouble={trouble} />
      <p class="row">
        <button type="submit" class="button quiet">
          {words.save}
        </button>
        <Button look="plain" onPress={onDiscard}>
          {words.discard}
        </Button>
      </p>
    </form>
  );
}

function editOf(card: Card, { front, back, choices }: { front: string; back: string; choices: string }): CardEdit {
  const lines = choices
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return {
    ...(front === card.front ? {} : { front }),
    ...(back === card.back ? {} : { back }),
    ...(card.choices && lines.join('\n') !== card.choices.join('\n') ? { choices: lines } : {}),
  };
}

interface AreaProps {
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly area?: { current: HTMLTextAreaElement | null };
}

function Area({ label, value, onInput, area }: AreaProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <textarea
        rows={2}
        value={value}
        {...(area ? { ref: area } : {})}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
