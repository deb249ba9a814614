import { parseCloze } from '../../text/cloze';
import { type Stretch, stretchesOf } from '../math';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
// Anki looks for these in fields: files to play, text to speak, and the signs of its old formulas.
const ANKI_TAG = /\[(?=(?:sound:|\/?anki:|\/?latex\]|\/?\$\$?\]))/gi;
const MATH: Readonly<Record<Stretch['kind'], readonly [string, string]>> = {
  text: ['', ''],
  code: ['', ''],
  inline: ['\\(', '\\)'],
  display: ['\\[', '\\]'],
};

/** A text as Anki's HTML shows it: nothing in it is markup, line ends stay, formulas get the signs that Anki knows. */
export const htmlOf = (text: string): string => escaped(withAnkiMath(text));

const escaped = (text: string): string =>
  text
    .replace(/[&<>]/g, (sign) => ENTITIES[sign] ?? sign)
    .replace(ANKI_TAG, '&#91;')
    .replace(/\r\n|[\r\n\u2028\u2029]/g, '<br>');

/** A cloze as an Anki field. What is hidden keeps its colons and braces, where Anki would take them for its own. */
export function clozeHtmlOf(front: string): string {
  const parts = parseCloze(withAnkiMath(front));
  if (!parts) return htmlOf(front);
  return parts
    .map((part) => {
      if (typeof part === 'string') return escaped(part);
      const hint = part.hint === null ? '' : `::${guarded(part.hint)}`;
      return `{{c${part.ordinal}::${guarded(part.hidden)}${hint}}}`;
    })
    .join('');
}

const withAnkiMath = (text: string): string =>
  stretchesOf(text)
    .map(({ kind, body }) => MATH[kind].join(body))
    .join('');

// Between the braces of a formula a blank means nothing, and survives the learner's own editing; an entity does not.
const FORMULA = /\\[A-Za-z([]/;

function guarded(text: string): string {
  const safe = escaped(text).replaceAll('::', '&#58;&#58;').replaceAll('{{', '&#123;&#123;');
  if (FORMULA.test(text)) return safe.replace(/\}(?=\})/g, '} ').replace(/\}$/, '} ');
  return safe.replaceAll('}}', '&#125;&#125;').replace(/\}$/, '&#125;');
}
