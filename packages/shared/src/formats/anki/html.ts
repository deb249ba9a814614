import { type ClozePart, type Deletion, parseCloze } from '../../text/cloze';
import { texOf } from '../math/formula';
import { stretchesOf } from '../math/stretches';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// Anki looks for these in fields: files to play, text to speak, answers to type, and the signs of its old formulas.
const ANKI_TAG = /\[(?=(?:sound:|\/?anki:|\/?latex\]|\/?\$\$?\]|\[type:))/gi;
const LEFT_BRACKET = '&#91;';
const MATH: Readonly<Record<'inline' | 'display', readonly [string, string]>> = {
  inline: ['\\(', '\\)'],
  display: ['\\[', '\\]'],
};

/** A text as Anki's HTML shows it: nothing in it is markup, line ends stay, formulas get the signs that Anki knows. */
export const htmlOf = (text: string): string =>
  // Anki counts the cards of a cloze note over all of its fields.
  escaped(ankiTextOf(text, (body) => body.replace(/\{(?=\{)/g, '{ '))).replaceAll('{{', '&#123;&#123;');

/** A cloze as an Anki field. What is hidden keeps its colons and braces, where Anki would take them for its own. */
export function clozeHtmlOf(front: string): string {
  const parts = parseCloze(ankiTextOf(front, (body) => body));
  return parts ? parts.map(partHtmlOf).join('') : htmlOf(front);
}

function partHtmlOf(part: ClozePart): string {
  if (typeof part === 'string') return pieceHtmlOf(part);
  return `{{c${part.ordinal}::${hiddenHtmlOf(part)}${part.hint === null ? '' : `::${hintHtmlOf(part.hint)}`}}}`;
}

function hiddenHtmlOf({ hidden, hint }: Deletion): string {
  const html = guarded(hidden, pieceHtmlOf(hidden)).replace(/^image-occlusion:/, '&#105;mage-occlusion:');
  return hint === null ? html : html.replace(/:$/, '&#58;');
}

/** Anki shows a hint between brackets. Together they must be none of its tags. */
function hintHtmlOf(hint: string): string {
  const html = escaped(`[${hint}]`);
  const inner = html.startsWith(LEFT_BRACKET)
    ? `&#${hint.charCodeAt(0)};${html.slice(LEFT_BRACKET.length + 1, -1)}`
    : html.slice(1, -1);
  return guarded(hint, inner);
}

// What comes behind a piece stands in a cloze of its own, which some Ankis show without anything between.
const OPEN_END = /(?<!\\)\[(?=\[?[a-z/$:]*$)/gi;
const pieceHtmlOf = (piece: string): string => escaped(piece.replace(/\\$/, UNBOUND)).replace(OPEN_END, LEFT_BRACKET);

/** Stands for a backslash that begins no formula, until the rest is escaped. No text has this control character. */
const UNBOUND = '\u001C';

const escaped = (text: string): string =>
  text
    .replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign)
    .replace(ANKI_TAG, LEFT_BRACKET)
    .replace(/\r\n|[\r\n\u2028\u2029]/g, '<br>')
    // MathJax looks for signs in what the browser shows, but not across elements.
    .replaceAll(UNBOUND, '<span>\\</span>');

/** The text with formulas between Anki's signs, and nothing else that Anki would take for a formula. */
const ankiTextOf = (text: string, write: (formula: string) => string): string =>
  stretchesOf(text)
    .map(({ kind, body }) =>
      kind === 'text' || kind === 'code' ? body.replace(/\\(?=[([])/g, UNBOUND) : MATH[kind].join(write(texOf(body))),
    )
    .join('');

// Between the braces of a formula a blank means nothing, and survives the learner's own editing; an entity does not.
const FORMULA = /\\[A-Za-z([]/;

/** HTML of a text within a place: nothing in it ends the place or begins its hint. */
function guarded(text: string, html: string): string {
  const safe = html.replaceAll('::', '&#58;&#58;').replaceAll('{{', '&#123;&#123;');
  if (FORMULA.test(text)) return safe.replace(/\}(?=\})/g, '} ').replace(/\}$/, '} ');
  return safe.replaceAll('}}', '&#125;&#125;').replace(/\}$/, '&#125;');
}
