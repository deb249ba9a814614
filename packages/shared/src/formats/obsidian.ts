import { deletions, parseCloze } from '../text/cloze';
import type { Card } from '../contract/deck';
import type { Format } from './format';
import { quotedLines } from './markdown';
import { type MarkdownDialect, linesOf, markdownOf } from './markdown-text';
import { questionsOf } from './question';

// An empty line ends a card, so an answer has none.
const DIALECT: MarkdownDialect = { lineEnd: '', emptyLine: '&nbsp;', plugins: true };
const shown = (text: string): string => markdownOf(text, DIALECT);

/**
 * A note for Obsidian's Spaced Repetition plugin: a deck tag, then cards with an empty line between. Questions stand
 * above `?`, those asked both ways above `??`, and clozes hide `==words==` with `^[a hint]`.
 */
export const obsidian: Format = {
  label: 'Obsidian',
  use: "Obsidian's Spaced Repetition plugin",
  menu: 6,
  extension: 'md',
  mediaType: 'text/markdown; charset=utf-8',
  options: ['deck'],
  render: ({ deck, options }) =>
    [`#flashcards/${tagOf(options.deck ?? deck.title.replaceAll('::', '-'))}`, ...deck.cards.flatMap(cardsOf)]
      .map((block) => `${block}\n`)
      .join('\n'),
};

/** Letters of any script, digits, `-`, `_`, and `/` between a deck and one within it. */
const tagOf = (name: string): string =>
  name
    .split('::')
    .map((part) => part.replace(/[^\p{L}\p{M}\p{N}_]+/gu, '-').replace(/^-+|(?<!-)-+$/g, ''))
    .filter((part) => part !== '')
    .join('/') || 'deck';

function cardsOf(card: Card): string[] {
  const sentence = card.type === 'cloze' ? hiddenSentence(card.front) : null;
  const tags = card.tags.map((tag) => `#${tagOf(tag)}`).join(' ');
  const lines = (...all: string[]): string => all.filter((line) => line !== '').join('\n');
  if (sentence !== null) return [lines(sentence, tags)];
  const quote = quotedLines(shown(card.quote));
  const sign = card.type === 'reversed' ? '??' : '?';
  return questionsOf(card).map(({ question, answer }) => lines(shown(question), sign, shown(answer), tags, quote));
}

/** Null where the plugin would not hide the words as meant: then they are asked for as questions. */
function hiddenSentence(front: string): string | null {
  const parts = parseCloze(linesOf(front));
  if (!parts || deletions(parts).some(({ hidden, hint }) => /[\n=$`]|\\[([]/.test(hidden) || /[\]\n]/.test(hint ?? '')))
    return null;
  // A formula or code around a place cannot be told from words once it is cut in two, and an empty line ends a card.
  if (parts.some((part) => typeof part === 'string' && (/[$`]|\\[([\])]/.test(part) || hasEmptyLine(part))))
    return null;
  return parts
    .map((part) => {
      if (typeof part === 'string') return edged(part);
      return `==${shown(part.hidden)}==${part.hint === null ? '' : `^[${shown(part.hint)}]`}`;
    })
    .join('')
    .trim();
}

const hasEmptyLine = (text: string): boolean =>
  text
    .split('\n')
    .slice(1, -1)
    .some((line) => line.trim() === '');

/** The words between two places, with the blanks at their ends. */
function edged(part: string): string {
  const words = part.trim();
  if (words === '') return part;
  const start = part.length - part.trimStart().length;
  return part.slice(0, start) + shown(words) + part.slice(start + words.length);
}
