import type { Task } from '../chat-request';
import { extractCards } from '../extractive/extract';
import { seeded } from '../seeded';
import { cardsJson } from './card';
import type { DraftCard } from './card';

const UNGROUNDED = 0.3;
const DUPLICATE = 0.1;
const LEAK = 0.1;
const CUT = 0.1;

/** The words of a quote in another order: they sound like the text, and do not stand in it. */
const garbled = (quote: string): string => {
  const middle = quote.length >> 1;
  return `${quote.slice(middle)} ${quote.slice(0, middle)}`.trim();
};

function spoil(card: DraftCard, roll: number): DraftCard[] {
  if (roll < UNGROUNDED) return [{ ...card, quote: garbled(card.quote) }];
  if (roll < UNGROUNDED + DUPLICATE) return [card, card];
  if (roll < UNGROUNDED + DUPLICATE + LEAK && card.back !== '')
    return [{ ...card, front: `${card.front} ${card.back}` }];
  return [card];
}

/** Extractive cards with the faults of a weak model, by seed and text: what the gate is measured with. */
export function noisyContent(task: Task, seed: string): string {
  const random = seeded(`${seed}\n${task.text}`);
  const json = cardsJson(extractCards(task).flatMap((card) => spoil(card, random())));
  return random() < CUT ? json.slice(0, Math.floor(json.length * 0.7)) : json;
}
