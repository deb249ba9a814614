import { type Stretch, stretchesOf } from './math';

/** What a reader of Markdown looks at more closely than another one does. */
export interface MarkdownDialect {
  /** How a line ends within a paragraph. */
  readonly lineEnd: string;
  /** How an empty line is written. */
  readonly emptyLine: string;
  /** `::` and `==` begin cards, wherever they stand. */
  readonly cardSigns: boolean;
}

const SPECIAL = /[\\`*_[\]<>#|~&$^]|%{2,}|={2,}/g;
const LINE_START = /^(?:[-+](?=\s|$)|=|-{2}|\?{1,2}\s*$|\d{1,9}(?=[.)](?:\s|$)))/;
const INDENT = /^[ \t]+/;

/** A text that Markdown shows as it is, but for formulas, which get dollars, and code between backticks. */
export function markdownOf(text: string, dialect: MarkdownDialect): string {
  const marked = stretchesOf(text.replace(/\r\n|[\r\u2028\u2029]/g, '\n').trim())
    .map((stretch) => WRITE[stretch.kind](stretch.body, dialect))
    .join('');
  return marked
    .split('\n')
    .map((line) => (line.trim() === '' ? dialect.emptyLine : escapeLineStart(line)))
    .join(`${dialect.lineEnd}\n`);
}

const WRITE: Readonly<Record<Stretch['kind'], (body: string, dialect: MarkdownDialect) => string>> = {
  text: (body, { cardSigns }) => {
    const shown = body.replace(SPECIAL, (signs) => [...signs].map((sign) => `\\${sign}`).join(''));
    return cardSigns ? shown.replace(/:(?=:)/g, ':\\') : shown;
  },
  code: (body, dialect) =>
    dialect.cardSigns && CARD_SIGNS.test(body) ? WRITE.text(body.replace(/^`+ ?| ?`+$/g, ''), dialect) : body,
  inline: (body, dialect) => `$${formula(body, dialect)}$`,
  display: (body, dialect) => `$$${formula(body, dialect)}$$`,
};

const CARD_SIGNS = /::|==/;

// Braces around a sign change nothing in a formula.
const formula = (body: string, { cardSigns }: MarkdownDialect): string => {
  const line = body.trim().replace(/\s*\n\s*/g, ' ');
  return cardSigns ? line.replace(/:(?=:)/g, '{:}').replace(/=(?==)/g, '{=}') : line;
};

/** What would make a line a list, a heading of the one before, or a card, only because it stands in front. */
const escapeLineStart = (line: string): string =>
  line
    .replace(INDENT, (blanks) => '\u00A0'.repeat(blanks.length))
    .replace(LINE_START, (start) => (/^\d/.test(start) ? `${start}\\` : `\\${start}`));
