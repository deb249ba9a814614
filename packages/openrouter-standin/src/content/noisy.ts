import type { Task } from '../chat/chat-request';
import { extractCards } from '../extractive/extract';
import { seeded } from '../seeded';
import { cardsJson } from './card';
import type { DraftCard } from './card';

const UNGROUNDED = 0.3;
const DUPLICATE = 0.1;
const LEAK = 0.1;
const FOREIGN = 0.05;
const CUT = 0.1;
const BROKEN = 0.2;

/** The words of a quote in another order: they resemble the text but do not occur in it. */
const garbled = (quote: string): string => {
  const middle = quote.length >> 1;
  return `${quote.slice(middle)} ${quote.slice(0, middle)}`.trim();
};

function spoil(card: DraftCard, roll: number): DraftCard[] {
  if (roll < UNGROUNDED) return [{ ...card, quote: garbled(card.quote) }];
  if (roll < UNGROUNDED + DUPLICATE) return [card, card];
  if (roll < UNGROUNDED + DUPLICATE + LEAK && card.back !== '')
    return [{ ...card, front: `${card.front} ${card.back}` }];
  if (roll > 1 - FOREIGN)
    return [{ ...card, type: 'basic', front: 'Қандай жауап дұрыс?', back: 'Бұл дұрыс жауап.', choices: null }];
  return [card];
}

/** What models do to the JSON around good cards. */
const BREAKS: readonly ((json: string) => string)[] = [
  (json) => `Here are the cards:\n\`\`\`json\n${json}\n\`\`\`\nTell me if you want more.`,
  (json) => json.replace(/":/g, '"：').replace(/","/g, '"，"'),
  (json) => json.replace(/"(quote|type|front|back|choices|tags)":/g, '$1:'),
  (json) => json.replace(/"front":"([^"\\{]{2,4})/g, '"front":""$1"'),
];

/** An answer of a weak model: its cards, good and bad, and the JSON around them. */
interface NoisyAnswer {
  readonly cards: readonly DraftCard[];
  readonly content: string;
  /** The end is missing. */
  readonly cut: boolean;
}

/** Extractive cards with the faults of a weak model, by seed and text. They measure the gate. */
export function noisyAnswer(task: Task, seed: string): NoisyAnswer {
  const random = seeded(`${seed}\n${task.text}`);
  const cards = extractCards(task).flatMap((card) => spoil(card, random()));
  const json = cardsJson(cards);
  const content = random() < BROKEN ? (BREAKS[Math.floor(random() * BREAKS.length)]?.(json) ?? json) : json;
  const cut = random() < CUT;
  return { cards, content: cut ? content.slice(0, Math.floor(content.length * 0.7)) : content, cut };
}
