import { texOf } from './math/formula';
import { type Stretch, stretchesOf } from './math/stretches';

/** What a reader of Markdown looks at more closely than another one does. */
export interface MarkdownDialect {
  /** How a line ends within a paragraph. */
  readonly lineEnd: string;
  /** How an empty line is written. */
  readonly emptyLine: string;
  /** Plugins read the file before Markdown does: `::` and `==` begin cards, and some code is run. */
  readonly plugins: boolean;
}

// Markup, attributes (`{`), and the signs of comments, highlights and templates. Some readers link a bare address before
// they see an escape behind it, and would take the escape for a part of the address.
const SPECIAL = /[\\`*_[\]<>#|~&$^{]|%{2,}|={2,}|(?<=[<{])%|:(?=\/\/)|(?<=www)\./gi;
const LINE_START = /^(?:[-+](?=[\s:]|$)|=|-{2}|:(?=-)|\?{1,2}\s*$|\d{1,9}(?=[.)](?:\s|$)))/;
const INDENT = /^[ \t]+/;

/** A text whose lines all end alike. */
export const linesOf = (text: string): string => text.replace(/\r\n|[\r\u2028\u2029]/g, '\n');

/** A text that Markdown shows as it is, but for formulas, which get dollars, and code between backticks. */
export function markdownOf(text: string, dialect: MarkdownDialect): string {
  const marked = stretchesOf(linesOf(text).trim())
    .map((stretch) => WRITE[stretch.kind](stretch.body, dialect))
    .join('');
  return marked
    .split('\n')
    .map((line) => (line.trim() === '' ? dialect.emptyLine : escapeLineStart(line)))
    .join(`${dialect.lineEnd}\n`);
}

const WRITE: Readonly<Record<Stretch['kind'], (body: string, dialect: MarkdownDialect) => string>> = {
  text: (body, { plugins }) => {
    const shown = body.replace(SPECIAL, (signs) => [...signs].map((sign) => `\\${sign}`).join(''));
    return plugins ? shown.replace(/:(?=:)/g, ':\\').replace(SCHEDULE, '$&\\') : shown;
  },
  code: (body, dialect) => (dialect.plugins && PLUGIN_CODE.test(body) ? WRITE.text(codeWords(body), dialect) : body),
  inline: (body, dialect) => `$${formula(body, dialect)}$`,
  display: (body, dialect) => `$$${formula(body, dialect)}$$`,
};

// The plugin reads these dates as when a card is due.
const SCHEDULE = /![\d-]+(?=,\d+,\d)/g;
// Signs of cards, comments and schedules; templates (Templater), queries (Dataview); a fence, which hides what follows.
const PLUGIN_CODE = /::|==|%%|<%|%>|^`+\s*\$?=|^```|![\d-]+,\d+,\d/;

const codeWords = (code: string): string => {
  const ticks = code.search(/[^`]/);
  return code.slice(ticks, -ticks).replace(/^ | $/g, '');
};

/**
 * A formula in Markdown. A reader that knows no formulas reads it as words, so it must be no HTML, link, note or
 * attribute there. A blank behind a sign changes nothing in a formula.
 */
function formula(body: string, { plugins }: MarkdownDialect): string {
  const line = texOf(body)
    .trim()
    .replace(/\s+/g, (blanks) => (blanks.includes('\n') ? ' ' : blanks))
    .replace(/<(?=\S)|\](?=[({])|[[^](?=\[)|\{(?=[{:])|:(?=\/\/)|(?<=www)\./gi, '$& ');
  if (!plugins) return line;
  // Braces around a sign change nothing either.
  return line
    .replace(/:(?=:)/g, '{:}')
    .replace(/=(?==)/g, '{=}')
    .replace(/!(?=[\d-])/g, '! ');
}

/** What would make a line a list, a heading of the one before, a table, or a card, only because it stands in front. */
const escapeLineStart = (line: string): string =>
  line
    .replace(INDENT, (blanks) => '\u00A0'.repeat(blanks.length))
    .replace(LINE_START, (start) => (/^\d/.test(start) ? `${start}\\` : `\\${start}`));
