/** A stretch of a card's text: words, code between backticks, or a formula within a line or on its own. */
export interface Stretch {
  readonly kind: 'text' | 'code' | 'inline' | 'display';
  /** Of `code` with its backticks; of a formula without its signs. */
  readonly body: string;
}

// Code comes first, since what stands there is no formula. A dollar begins a formula only where pandoc would say so:
// nothing blank inside of its signs and no digit behind, so that prices stay prices.
const SHAPES = [
  /(?<code>(?<!`)(?<ticks>`+)(?!`)[^`\n](?:[^\n]*?[^`\n])?\k<ticks>(?!`))/,
  /\\\((?<paren>[\s\S]+?)\\\)/,
  /\\\[(?<bracket>[\s\S]+?)\\\]/,
  /\$\$(?!\])(?<dollars>[^$]+?)\$\$/,
  /(?<![\\$])\$(?=[^\s$\]])(?<dollar>(?:[^$`\\\n]|\\.)*?[^\s$`\\])\$(?![\d$])/,
];
const STRETCHES = new RegExp(SHAPES.map(({ source }) => source).join('|'), 'g');
const SIGNS = /[`$]|\\[([]/;

/** Takes a text apart; the stretches in a row are the text, but for the signs around formulas. */
export function stretchesOf(text: string): readonly Stretch[] {
  if (!SIGNS.test(text)) return [{ kind: 'text', body: text }];
  const stretches: Stretch[] = [];
  let at = 0;
  const push = (kind: Stretch['kind'], body: string): void => void (body !== '' && stretches.push({ kind, body }));
  for (const match of text.matchAll(STRETCHES)) {
    const { code, paren, bracket, dollars, dollar } = match.groups ?? {};
    push('text', text.slice(at, match.index));
    if (code !== undefined) push('code', code);
    else if (paren ?? dollar) push('inline', paren ?? dollar ?? '');
    else push('display', bracket ?? dollars ?? '');
    at = match.index + match[0].length;
  }
  push('text', text.slice(at));
  return stretches;
}
