import { parse } from 'csv-parse/sync';
import MarkdownIt from 'markdown-it';
import type { FormatName } from '@flashcards/shared/formats/index';
import { openPackage, textOfHtml } from './anki';

/** A question and an answer as the reader of a file sees them. */
export interface ReadCard {
  readonly front: string;
  readonly back: string;
  readonly tags?: readonly string[];
}
type Reader = (body: string | Uint8Array) => ReadCard[] | Promise<ReadCard[]>;

const text = (body: string | Uint8Array): string => (typeof body === 'string' ? body : new TextDecoder().decode(body));
const rowsOf = (body: string, options: object): string[][] => parse(body, { relax_column_count: false, ...options });

/** Each format opened by somebody else's reader, or by its reader's rules. */
export const READERS: Readonly<Record<FormatName, Reader>> = {
  json: (body) => (JSON.parse(text(body)) as { cards: ReadCard[] }).cards,
  jsonl: (body) =>
    text(body)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as ReadCard),
  csv: (body) =>
    parse<Record<string, string>>(text(body), { columns: true, bom: true, record_delimiter: '\r\n' }).map((row) => ({
      front: row['front'] as string,
      back: row['back'] as string,
      tags: (row['tags'] as string).split(' ').filter(Boolean),
    })),
  // Quizlet's box knows no quoting: a tab ends the term, a line end the row.
  tsv: (body) =>
    rowsOf(text(body), { delimiter: '\t', quote: null }).map(([front = '', back = '']) => ({ front, back })),
  'anki-txt': (body) => readAnkiText(text(body)).rows,
  apkg: async (body) =>
    (await openPackage(body as Uint8Array)).notes.map(({ fields: [front = '', back = ''], tags }) => ({
      front: textOfHtml(front),
      back: textOfHtml(back),
      tags: tags.split(' ').filter(Boolean),
    })),
  markdown: (body) => readMarkdown(text(body)),
  obsidian: (body) => readObsidian(text(body)).map(({ front, back }) => ({ front: shown(front), back: shown(back) })),
};

/** Anki's text import: headers, then rows of a CSV. */
export function readAnkiText(body: string): { headers: Map<string, string>; rows: ReadCard[]; guids: string[] } {
  const headers = new Map<string, string>();
  const lines = body.split('\n');
  while (lines[0]?.startsWith('#')) {
    const [, key = '', value = ''] = /^#([^:]+):(.*)$/.exec(lines.shift() as string) ?? [];
    headers.set(key, value);
  }
  expect(headers.get('separator')).toBe('tab');
  const rows = rowsOf(lines.join('\n'), { delimiter: '\t', comment: '#', comment_no_infix: true });
  return {
    headers,
    guids: rows.map(([guid = '']) => guid),
    rows: rows.map(([, front = '', back = '', tags = '']) => ({
      front: textOfHtml(front),
      back: textOfHtml(back),
      tags: tags.split(' ').filter(Boolean),
    })),
  };
}

const markdownIt = new MarkdownIt({ html: true });
interface Token {
  readonly type: string;
  readonly content: string;
  readonly children?: readonly Token[] | null;
}

/** The text that Markdown shows of one block of lines. Anything that it takes for markup is an error. */
export function shown(block: string): string {
  return markdownIt
    .parse(block, {})
    .filter(({ type }) => !/^paragraph_/.test(type))
    .map((token: Token) => {
      expect(token.type).toBe('inline');
      return shownInline(token);
    })
    .join('\n\n');
}

// What files of Markdown are made of, and emphasis: it shows words and does nothing.
const HARMLESS = /^(?:inline|text|text_special|softbreak|hardbreak|code_inline)$|^(?:heading|paragraph|blockquote|bullet_list|list_item|em|strong|s)_/; // prettier-ignore

/** What else Markdown finds in a document: HTML, links, pictures, blocks of code, tables. */
export function markupIn(body: string): string[] {
  const found = (tokens: readonly Token[]): string[] =>
    tokens.flatMap(({ type, content, children }) => [
      ...(HARMLESS.test(type) ? [] : [`${type} ${content}`.trim()]),
      ...found(children ?? []),
    ]);
  return found(markdownIt.parse(body, {}));
}

/** The code that Markdown shows within lines. */
export function codeIn(body: string): string[] {
  const found = (tokens: readonly Token[]): string[] =>
    tokens.flatMap(({ type, content, children }) => [
      ...(type === 'code_inline' ? [content] : []),
      ...found(children ?? []),
    ]);
  return found(markdownIt.parse(body, {}));
}

const INLINE: Readonly<Record<string, (token: Token) => string>> = {
  text: ({ content }) => content,
  text_special: ({ content }) => content,
  softbreak: () => '\n',
  hardbreak: () => '\n',
  code_inline: ({ content }) => `\`${content}\``,
};

const shownInline = ({ children }: Token): string =>
  (children ?? [])
    .map((token) => {
      const show = INLINE[token.type];
      if (!show) throw new Error(`taken for markup: ${token.type} ${token.content}`);
      return show(token);
    })
    .join('')
    // An empty line is written as a blank that is there to stay, and an indent as several.
    .replaceAll('\u00A0', ' ')
    .replace(/^ $/gm, '');

/** `## n. question`, an answer, a quote. */
function readMarkdown(body: string): ReadCard[] {
  const blocks: { type: string; text: string }[] = [];
  const tokens = markdownIt.parse(body, {});
  let within = '';
  for (const token of tokens) {
    if (/^(?:heading|blockquote|list_item)_open$/.test(token.type)) within = `${token.type}${token.tag}`;
    if (/^(?:heading|blockquote|list_item)_close$/.test(token.type)) within = '';
    if (token.type === 'inline') blocks.push({ type: within, text: shownInline(token) });
    else if (!/^(?:heading|blockquote|list_item|bullet_list|paragraph)_/.test(token.type))
      throw new Error(`taken for markup: ${token.type}`);
  }
  const cards: ReadCard[] = [];
  for (let at = 0; at < blocks.length; at += 1) {
    const heading = /^\d+\.(?: ([\s\S]*))?$/.exec(blocks[at]?.text ?? '');
    if (blocks[at]?.type !== 'heading_openh2' || !heading) continue;
    const paragraphs = [];
    let end = at + 1;
    for (; end < blocks.length && blocks[end]?.type !== 'heading_openh2'; end += 1)
      if (blocks[end]?.type === '') paragraphs.push(blocks[end]?.text ?? '');
    const [front = '', back = ''] = heading[1] === undefined ? paragraphs : [heading[1], ...paragraphs];
    cards.push({ front, back });
  }
  return cards;
}

interface PluginCard {
  readonly kind: 'basic' | 'reversed' | 'cloze' | 'single-line';
  readonly front: string;
  readonly back: string;
}

/** Lines between empty ones. From a line of three backticks to the next, empty ones count as well. */
function pluginBlocks(body: string): string[][] {
  const blocks: string[][] = [[]];
  let isFenced = false;
  for (const line of body.replace(/\n$/, '').split('\n')) {
    if (line.startsWith('```')) isFenced = !isFenced;
    if (line.trim() === '' && !isFenced) blocks.push([]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.filter((lines) => lines.length > 0);
}

/**
 * What Obsidian's Spaced Repetition plugin takes for cards, by its parser's rules: an empty line ends a card, `::` in
 * any line makes that line a card of its own, a line of `?` or `??` parts question and answer, `==` hides words.
 */
export function readObsidian(body: string): PluginCard[] {
  const cards: PluginCard[] = [];
  for (const lines of pluginBlocks(body)) {
    if (/^#flashcards\//.test(lines[0] as string)) continue;
    const inline = lines.find((line) => line.includes('::'));
    const at = lines.findIndex((line) => line.trim() === '?' || line.trim() === '??');
    if (inline) cards.push({ kind: 'single-line', front: inline, back: '' });
    else if (at > 0) {
      const answer = lines.slice(at + 1).filter((line) => !/^(?:>|#\S)/.test(line));
      const kind = lines[at]?.trim() === '?' ? 'basic' : 'reversed';
      cards.push({ kind, front: lines.slice(0, at).join('\n'), back: answer.join('\n') });
    } else if (lines.some((line) => /==.*?==/.test(line)))
      cards.push({ kind: 'cloze', front: lines.join('\n'), back: '' });
  }
  return cards;
}
