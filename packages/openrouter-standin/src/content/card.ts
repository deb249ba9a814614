import type { CardType } from '../chat/chat-request';

/** A card as the model writes it; its keys come in this order. */
export interface DraftCard {
  readonly quote: string;
  readonly type: CardType;
  readonly front: string;
  readonly back: string;
  /** Of a `choice`: the wrong answers. */
  readonly choices: readonly string[] | null;
  readonly tags: readonly string[];
}

/** The whole answer of the model. */
export const cardsJson = (cards: readonly DraftCard[]): string => JSON.stringify({ cards });
