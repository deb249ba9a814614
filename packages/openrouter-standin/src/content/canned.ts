import type { CardType, Task, Wanted } from '../chat/chat-request';
import { cardsJson } from './card';
import type { DraftCard } from './card';

const CARDS = 3;
const SLICE_UNITS = 40;
const HAN_FROM = 0x2e80;
const SHORTEST_UNITS = { han: 6, latin: 12 };

const isLowSurrogate = (unit: number): boolean => (unit & 0xfc00) === 0xdc00;

/** A slice that cuts no character in two and has no blanks at its ends. */
function sliceAt(text: string, from: number, to: number): string {
  const start = isLowSurrogate(text.charCodeAt(from)) ? from + 1 : from;
  const end = to < text.length && isLowSurrogate(text.charCodeAt(to)) ? to + 1 : to;
  return text.slice(start, end).trim();
}

const isHan = (slice: string): boolean => slice.charCodeAt(slice.length >> 1) >= HAN_FROM;

const question = (slice: string, number: number): string => {
  // Two texts must not share a question, or the second would look like a copy of the first.
  const mark = (slice.charCodeAt(0) * 31 + slice.charCodeAt(slice.length >> 1) * 7 + slice.length).toString(36);
  return isHan(slice) ? `第${number}段（${mark}）写的是什么内容？` : `What does passage ${number} (${mark}) say?`;
};

type Shape = (slice: string, number: number, others: readonly string[]) => DraftCard | null;
const tags = ['canned'];

const SHAPES: Readonly<Record<CardType, Shape>> = {
  basic: (quote, number) => ({
    quote,
    type: 'basic',
    front: question(quote, number),
    back: quote,
    choices: null,
    tags,
  }),
  reversed: (quote, number) => ({
    quote,
    type: 'reversed',
    front: question(quote, number),
    back: quote,
    choices: null,
    tags,
  }),
  cloze: (quote) => {
    const half = quote.length >> 1;
    if (/[{}:]/.test(quote)) return null;
    return {
      quote,
      type: 'cloze',
      front: `{{c1::${quote.slice(0, half)}}}${quote.slice(half)}`,
      back: '',
      choices: null,
      tags,
    };
  },
  choice: (quote, number, others) =>
    others.length < 2
      ? null
      : { quote, type: 'choice', front: question(quote, number), back: quote, choices: others, tags },
};

const preferredType = ({ types }: Wanted): CardType => (types.includes('basic') ? 'basic' : (types[0] ?? 'basic'));

/** Three cards cut from the text at fixed places: constant cost, whatever the text. */
export function cannedContent({ wanted, text }: Task): string {
  const type = preferredType(wanted);
  const shortest = isHan(text) ? SHORTEST_UNITS.han : SHORTEST_UNITS.latin;
  const first = wanted.kept.length * SLICE_UNITS;
  const step = Math.min(SLICE_UNITS, Math.max(Math.floor(text.length / CARDS), shortest));
  const slices: string[] = [];
  for (let from = first; slices.length < Math.min(CARDS, wanted.cards) && from < text.length; from += step) {
    const slice = sliceAt(text, from, Math.min(from + step, text.length));
    if (slice.length >= shortest || (from === 0 && text.length <= shortest && slice !== '')) slices.push(slice);
  }
  const cards: DraftCard[] = [];
  for (const [i, slice] of slices.entries()) {
    const others = slices.filter((other) => other !== slice);
    const card = SHAPES[type](slice, wanted.kept.length + i + 1, others);
    if (card) cards.push(card);
  }
  return cardsJson(cards);
}
