import type { Wanted } from '../chat/chat-request';
import type { DraftCard } from '../content/card';
import { hanLetters, latinLetters } from './script';
import type { Script } from './script';

/** The longest sides, in code points: fronts of an easy deck, backs of a detailed one. */
const MOST = { han: { front: 64, back: 120 }, latin: { front: 160, back: 320 }, other: { front: 160, back: 320 } };
/** The most items of an answer that is a list. */
const MAX_ITEMS = 3;
const SHORTEST_QUOTE = { han: 6, latin: 12, other: 12 };
/** How much of the longest back an answer length takes. */
const SHARE_OF_BACK: Readonly<Record<Wanted['answerLength'], number>> = { short: 0.25, medium: 0.5, detailed: 1 };

export const maxFront = (script: Script): number => MOST[script].front;
const maxBack = (script: Script, length: Wanted['answerLength']): number =>
  Math.floor(MOST[script].back * SHARE_OF_BACK[length]);

const CLAUSE_END = /[，,；;]|\s(?=which |where |while |whereas |because |although )/g;

/** The answer cut at a clause so that it fits; null if no cut makes sense. */
export function fitBack(back: string, script: Script, length: Wanted['answerLength']): string | null {
  const max = maxBack(script, length);
  const text = back.trim().replace(/[，,；;、]+$/, '');
  if (text.length <= max) return text;
  const cuts = [...text.matchAll(CLAUSE_END)].map((match) => match.index).filter((at) => at <= max && at * 5 >= max);
  const at = cuts.at(-1);
  return at === undefined ? (text.length <= MOST[script].back ? text : null) : text.slice(0, at).trim();
}

const BAD_CLAUSE_START =
  /^(?:而|并|但|其|以及|从而|使|则|也|因此|所以|它|这|该|还|又|再|进而|and |but |which |who |so |or |because |while |that |where |when |it |they |this )/i;

/** The clauses around a place of a sentence that is too long for a front; null if there is no good cut. */
export function windowAround(
  body: string,
  at: number,
  length: number,
  max: number,
): { text: string; at: number } | null {
  if (body.length <= max) return { text: body, at };
  const edges = [0, ...[...body.matchAll(/[，,；;]\s*/g)].map((match) => match.index + match[0].length), body.length];
  for (const from of edges) {
    if (from > at || BAD_CLAUSE_START.test(body.slice(from))) continue;
    const to = edges.findLast((edge) => edge >= at + length && edge - from <= max);
    if (to !== undefined) return { text: body.slice(from, to).replace(/[，,；;]\s*$/, ''), at: at - from };
  }
  return null;
}

const folded = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}]+/gu, ' ')
    .trim();
const LETTER = /[\p{Script=Latin}\p{N}]/u;

/** Whether the question holds the answer, as words or as the beginning of one: `ATP` is not in `that produces`. */
function reveals(question: string, answer: string): boolean {
  const begins = (at: number): boolean => !LETTER.test(answer.charAt(0)) || !LETTER.test(question.charAt(at - 1));
  for (let at = question.indexOf(answer); at >= 0; at = question.indexOf(answer, at + 1)) if (begins(at)) return true;
  return false;
}

/** What is hidden in a cloze. */
const hiddenIn = (front: string): string => /\{\{c\d+::(.*?)(?:::.*?)?\}\}/.exec(front)?.[1] ?? '';

const answerOf = ({ type, front, back }: DraftCard): string => (type === 'cloze' ? hiddenIn(front) : back);
const questionOf = ({ type, front }: DraftCard): string =>
  type === 'cloze' ? front.replace(/\{\{.*?\}\}/g, ' ') : front;

/** `names`: how many letters of a name in it count as one Chinese character. */
const speaks = (text: string, script: Script, names = 1): boolean => {
  const [han, latin] = [hanLetters(text), latinLetters(text)];
  return script === 'han' ? han > 0 && han * names >= latin : script === 'latin' ? latin > han : true;
};
/** A question may be short and its name long: `什么是 HTTP？` */
const LETTERS_OF_A_NAME = 3;

const isList = ({ type, back }: DraftCard): boolean =>
  type !== 'choice' &&
  back.split(/[、,，;；]|和|与|與|以及|\band\b/).filter((item) => item.trim() !== '').length > MAX_ITEMS;

/** Whether a card is good: not too long, in its language, grounded, and without its answer in the question. */
export function isFit(card: DraftCard, script: Script, text: string): boolean {
  const { front, back, quote, type } = card;
  const answer = folded(answerOf(card));
  if (answer === '' || front.trim() === '' || (type !== 'cloze' && back.trim() === '')) return false;
  if (front.length > MOST[script].front || back.length > MOST[script].back || isList(card)) return false;
  if (reveals(folded(questionOf(card)), answer)) return false;
  if (!speaks(questionOf(card), script, LETTERS_OF_A_NAME) || !speaks(`${front} ${back}`, script)) return false;
  return quote.length >= Math.min(SHORTEST_QUOTE[script], text.length) && text.includes(quote);
}
