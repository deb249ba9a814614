import type { Card } from '../contract/deck';
import type { Format } from './format';
import { type MarkdownDialect, markdownOf } from './markdown-text';
import { openSentence } from './question';

const DIALECT: MarkdownDialect = { lineEnd: '\\', emptyLine: '\u00A0', plugins: false };
const shown = (text: string): string => markdownOf(text, DIALECT);

/** A page to read or print: a heading a card, its answer, its quote and its tags. */
export const markdown: Format = {
  label: 'Markdown',
  use: 'reading and printing',
  menu: 5,
  extension: 'md',
  mediaType: 'text/markdown; charset=utf-8; variant=CommonMark',
  options: [],
  render: ({ deck }) =>
    [`# ${heading(deck.title)}`, ...deck.cards.flatMap(sectionOf)].map((block) => `${block}\n`).join('\n'),
};

// A heading is one line.
const heading = (text: string): string => shown(text.replace(/[\r\n\u2028\u2029]+/g, ' '));

function sectionOf(card: Card, i: number): string[] {
  const question = card.type === 'cloze' ? openSentence(card.front) : card.front;
  const isLine = !question.includes('\n');
  return [
    `## ${i + 1}.${isLine ? ` ${heading(question)}` : ''}`,
    ...(isLine ? [] : [shown(question)]),
    ...(card.choices ? [card.choices.map((choice) => `- ${indented(shown(choice))}`).join('\n')] : []),
    shown(card.back),
    quotedLines(shown(card.quote)),
    ...(card.tags.length > 0 ? [card.tags.map((tag) => `#${shown(tag)}`).join(' ')] : []),
  ];
}

const indented = (text: string): string => text.replaceAll('\n', '\n  ');

/** As a quotation. */
export const quotedLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
