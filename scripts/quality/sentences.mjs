// The sentences that people read: of Markdown pages and of doc comments, each with its line.
import { readFileSync } from 'node:fs';
import markdownIt from 'markdown-it';
import { SentenceSplitterSyntax, split } from 'sentence-splitter';
import ts from 'typescript';

/** @typedef {{ file: string, line: number, text: string }} Sentence */
/** @typedef {{ line: number, text: string }} Passage */

const markdown = markdownIt();
const BLOCKS = new Set(['paragraph_open', 'heading_open', 'list_item_open', 'blockquote_open']);

/** @param {string} file */
export const isPage = (file) => file.endsWith('.md');

/**
 * @param {string} file a page of Markdown or a source of TypeScript or JavaScript
 * @returns {Sentence[]}
 */
export function sentencesOf(file) {
  const text = readFileSync(file, 'utf8');
  const passages = isPage(file) ? passagesOf(text) : docCommentsOf(file, text);
  return passages.flatMap(({ line, text: passage }) =>
    passage
      .split(AFTER_NUMBER)
      .flatMap((part) => split(part))
      .filter(({ type }) => type === SentenceSplitterSyntax.Sentence)
      .map((sentence) => ({ file, line, text: sentence.raw.trim() })),
  );
}

/** Words of a sentence; what stands in code marks is one word. @param {string} sentence */
export const wordsIn = (sentence) =>
  sentence
    .replace(/`[^`]+`/g, 'code')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/**
 * Paragraphs, list items and cells of a page, without code blocks and HTML.
 * @param {string} page
 * @returns {Passage[]}
 */
function passagesOf(page) {
  const passages = [];
  let line = 0;
  for (const token of markdown.parse(page.replace(/<!--[\s\S]*?-->/g, blank), {})) {
    if (token.map && (BLOCKS.has(token.type) || token.type === 'tr_open')) line = token.map[0] + 1;
    if (token.type !== 'inline') continue;
    passages.push({ line, text: inlineText(token.children ?? []) });
  }
  return passages;
}

/** Keeps the count of lines. @param {string} text */
const blank = (text) => text.replace(/[^\n]/g, ' ');

/** @param {readonly import('markdown-it').Token[]} children */
const inlineText = (children) =>
  children
    .map(({ type, content }) => {
      if (type === 'code_inline') return `\`${content}\``;
      if (type === 'softbreak' || type === 'hardbreak') return ' ';
      return type === 'text' ? content : '';
    })
    .join('');

const DOC = /^\/\*\*/;
/** The splitter takes a full stop after a number for one of a list. */
const AFTER_NUMBER = /(?<=[\d)]\.)\s+(?=[A-Z`])/;

/**
 * @param {string} file
 * @param {string} text
 * @returns {Passage[]}
 */
function docCommentsOf(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** @type {Map<number, string>} */
  const comments = new Map();
  /** @param {ts.Node} node */
  const visit = (node) => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
      if (DOC.test(text.slice(pos, end))) comments.set(pos, text.slice(pos, end));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...comments].flatMap(([pos, comment]) => {
    const { line } = source.getLineAndCharacterOfPosition(pos);
    return paragraphsOf(comment).map((passage) => ({ line: line + 1, text: passage }));
  });
}

/** Without stars and without the types of tags; each tag begins a paragraph. @param {string} comment */
const paragraphsOf = (comment) =>
  comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .replace(/^[ \t]*\* ?/gm, '')
    .split(/\n\s*\n|\n(?=\s*(?:@|- |\d+\. ))/)
    .map((passage) =>
      passage
        .replace(/@\w+\s*(\{[^}]*\}\s*)?/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    )
    .filter(Boolean);
