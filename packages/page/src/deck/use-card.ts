import type { Card, CardEdit } from '@flashcards/client';
import { useState } from 'preact/hooks';
import { type Trouble, flashcards, troubleOf } from '../api';
import { useWords } from '../frame/preferences';

/** The actions on a card, and their results. */
export interface CardActions {
  readonly trouble: Trouble | undefined;
  /** Another version is being written. */
  readonly busy: boolean;
  /** Another version, to use or to discard. */
  readonly proposal: Card | undefined;
  /** Throws when the server refuses: the form shows why. */
  readonly edit: (edit: CardEdit) => Promise<void>;
  readonly toggle: () => Promise<void>;
  /** `focus` says what to change. */
  readonly regenerate: (focus?: string) => Promise<void>;
  readonly take: (proposal: Card) => Promise<void>;
  readonly leave: () => void;
}

export function useCard(job: string, card: Card, onChange: (card: Card) => void): CardActions {
  const words = useWords();
  const [trouble, setTrouble] = useState<Trouble>();
  const [busy, setBusy] = useState(false);
  const [proposal, setProposal] = useState<Card>();
  const edit = async (change: CardEdit): Promise<void> => onChange(await flashcards.changeCard(job, card.id, change));
  const guarded = async (work: () => Promise<void>): Promise<void> => {
    setTrouble(undefined);
    try {
      await work();
    } catch (error) {
      setTrouble(troubleOf(error, words));
    }
  };
  const regenerate = async (focus = ''): Promise<void> => {
    setBusy(true);
    await guarded(async () => {
      const child = await flashcards.regenerateCard(job, card.id, focus.trim() ? { focus: focus.trim() } : {});
      const { result, error } = await flashcards.wait(child.id);
      const other = result?.deck.cards.find(({ type }) => type === card.type);
      if (other) setProposal(other);
      else setTrouble({ what: (error && words.errors[error.code]) || words.noProposal, details: [] });
    });
    setBusy(false);
  };
  return {
    trouble,
    busy,
    proposal,
    edit,
    toggle: () => guarded(() => edit({ review: card.review === 'rejected' ? null : 'rejected' })),
    regenerate,
    take: ({ front, back, choices }) =>
      guarded(async () => {
        await edit({ front, ...(card.type === 'cloze' ? {} : { back }), ...(choices ? { choices } : {}) });
        setProposal(undefined);
      }),
    leave: () => setProposal(undefined),
  };
}
