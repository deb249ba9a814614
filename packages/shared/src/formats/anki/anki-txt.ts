import type { Card } from '../../contract/deck';
import { clozeHtmlOf, htmlOf } from './html';
import { quoted } from '../csv';
import type { DeckFile, Format } from '../format';
import { ankiDeckName, ankiTags, guidOf } from '../identity';
import { questionsOf } from '../question';

interface Row {
  readonly guid: string;
  /** HTML. */
  readonly front: string;
  readonly back: string;
  readonly tags: string;
}

/**
 * Anki's text file. It cannot contain note types, and the names of Anki's own differ by language. So it holds questions
 * and answers, which fit any note type with two fields. With `type=cloze` it holds clozes, for a cloze note type.
 */
export const ankiTxt: Format = {
  label: 'Anki text',
  use: 'Anki, into note types of your own',
  menu: 4,
  extension: 'txt',
  mediaType: 'text/plain; charset=utf-8',
  options: ['deck', 'type', 'notetype'],
  render(file) {
    const { deck, options } = file;
    const rows = deck.cards
      .filter(({ type }) => options.type === undefined || type === options.type)
      .flatMap((card) => rowsOf(card, file));
    const lines = rows.map(({ guid, front, back, tags }) => [guid, front, back, tags].map(cell).join('\t'));
    return [...headersOf(file), ...lines].map((line) => `${line}\n`).join('');
  },
};

const cell = (text: string): string => quoted(text, /[\t"\r\n]/);

function headersOf({ deck, options }: DeckFile): string[] {
  const [front, back] = options.type === 'cloze' ? ['Text', 'Back Extra'] : ['Front', 'Back'];
  return [
    '#separator:tab',
    '#html:true',
    ...(options.notetype === undefined ? [] : [`#notetype:${options.notetype}`]),
    `#deck:${ankiDeckName(deck.title, options.deck)}`,
    `#columns:GUID\t${front}\t${back}\tTags`,
    '#guid column:1',
    '#tags column:4',
  ];
}

function rowsOf(card: Card, { options }: DeckFile): Row[] {
  const tags = ankiTags(card.tags).join(' ');
  if (options.type === 'cloze') return [{ guid: guidOf(card.id), front: clozeHtmlOf(card.front), back: '', tags }];
  const notes = questionsOf(card).map(({ question, answer }, i) => ({
    guid: guidOf(card.id, i === 0 ? '' : String(i + 1)),
    front: htmlOf(question),
    back: htmlOf(answer),
    tags,
  }));
  if (card.type !== 'reversed') return notes;
  return [...notes, { guid: guidOf(card.id, 'reversed'), front: htmlOf(card.back), back: htmlOf(card.front), tags }];
}
