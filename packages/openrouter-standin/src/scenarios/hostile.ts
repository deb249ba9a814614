import { contentText } from '../chat/answer';
import type { Answer } from '../chat/answer';
import { isObject } from '../chat/chat-request';
import type { Json } from '../chat/chat-request';
import { numberParam } from './scenario';
import type { Params, Scenario, ScenarioTable } from './scenario';

/** An answer that is sent whole, however many tokens the caller allows. */
const says = (
  about: string,
  content: (answer: Answer, params: Params) => string,
  { params, finishReason = 'stop' }: { params: Record<string, string>; finishReason?: string },
): Scenario => ({
  about,
  params,
  run: (_call, given, serve) =>
    serve({ answer: (answer) => ({ ...answer, content: content(answer, given), finishReason }), uncapped: true }),
});

const cardsOf = (answer: Answer): Json[] => {
  const parsed: unknown = JSON.parse(contentText(answer.content));
  return isObject(parsed) && Array.isArray(parsed['cards']) ? parsed['cards'].filter(isObject) : [];
};
const written = (cards: readonly Json[]): string => JSON.stringify({ cards });
const words = (value: unknown): string => (typeof value === 'string' ? value : '');

const repeated = (params: Params, otherwise: string, chars: number): string => {
  const piece = decodeURIComponent(params['piece'] ?? otherwise);
  return piece.repeat(Math.ceil(numberParam(params, 'chars', chars) / piece.length));
};
const PIECE = { piece: 'what is repeated, percent-encoded', chars: 'how many characters of it' };

/** A quote as long as is asked for. */
function quoteOf(piece: string, params: Params): string {
  const chars = numberParam(params, 'chars', piece.length);
  const quote = piece === '' ? '' : piece.repeat(Math.ceil(chars / piece.length)).slice(0, chars);
  return params['spoil'] === '1' ? `${quote.slice(0, chars >> 1)}#${quote.slice((chars >> 1) + 1)}` : quote;
}

/** Where in the answer the characters stand. */
const PLACES: Readonly<Record<string, (filling: string) => string>> = {
  answer: (filling) => filling,
  object: (filling) => `{"cards":[{"quote":"a"${filling}`,
  string: (filling) => `{"cards":[{"quote":"${filling}`,
  list: (filling) => `{"cards":[${filling}`,
};

const placed = (place: string, filling: string): string => PLACES[place]?.(filling) ?? filling;

/** Content that is hard to read. */
export const hostile: ScenarioTable = {
  cut_blanks: says(
    'Cut inside a card, after `}]`, blanks and one more character.',
    (_answer, params) => `{"cards":[{"quote":"Zyxo is [{}]${repeated(params, ' ', 15_000)}.`,
    { params: PIECE, finishReason: 'length' },
  ),
  flood: says(
    'Nothing but a piece, over and over.',
    (_answer, params) => placed(params['place'] ?? 'answer', repeated(params, '{', 200_000)),
    { params: { ...PIECE, place: `${Object.keys(PLACES).join(', ')}: where it stands, default answer` } },
  ),
  strained_fields: says(
    'Each text of each card is a piece, over and over, after its first words.',
    (answer, params) => {
      const filling = repeated(params, '\u0301', 10_000);
      const strained = (value: unknown) => (typeof value === 'string' && value !== '' ? `${value}${filling}` : value);
      return written(
        cardsOf(answer).map((card) => ({
          ...card,
          quote: strained(card['quote']),
          front: strained(card['front']),
          back: strained(card['back']),
          tags: [filling],
        })),
      );
    },
    { params: PIECE },
  ),
  many_quotes: says(
    'Many cards whose quotes are pieces of one quote.',
    (answer, params) => {
      const card = cardsOf(answer)[0] ?? {};
      const cards = Array.from({ length: numberParam(params, 'cards', 65) }, (_none, i) => ({
        ...card,
        front: `${words(card['front'])} (${i})`,
        quote: quoteOf(words(card['quote']).slice(i % 20), params),
      }));
      return written(cards);
    },
    {
      params: {
        cards: 'how many, default 65',
        chars: 'how long each is made, by repeating it',
        spoil: '1 to change its middle, so that it is found nowhere',
      },
    },
  ),
};
