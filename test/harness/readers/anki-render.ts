/** A cloze as Anki's tokenizer finds it, also within another and with several numbers. */
interface Cloze {
  readonly numbers: readonly number[];
  readonly nodes: (string | Cloze)[];
  hint: string | null;
}

/** Anki's tokens, ported: `{{c`, digits and commas, `::` opens, and `}}` closes. */
const TOKEN = /\{\{c([\d,]*\d[\d,]*)::|\}\}/g;

/** Anki's reading of a field, ported: a close belongs to the innermost, and an opening without one is dropped. */
function nodesOf(field: string): (string | Cloze)[] {
  const open: Cloze[] = [];
  const root: (string | Cloze)[] = [];
  const text = (words: string): void => {
    const innermost = open.at(-1);
    if (!innermost) return void (words && root.push(words));
    const at = words.indexOf('::');
    if (at >= 0) innermost.hint = words.slice(at + 2);
    innermost.nodes.push(at < 0 ? words : words.slice(0, at));
  };
  let at = 0;
  for (const { 0: token, 1: numbers, index } of field.matchAll(TOKEN)) {
    text(field.slice(at, index));
    at = index + token.length;
    if (numbers !== undefined)
      open.push({ numbers: numbers.split(',').filter(Boolean).map(Number), nodes: [], hint: null });
    else {
      const closed = open.pop();
      (open.at(-1)?.nodes ?? root).push(closed ?? token);
    }
  }
  text(field.slice(at));
  return root;
}

const numbersIn = (nodes: readonly (string | Cloze)[]): number[] =>
  nodes.flatMap((node) => (typeof node === 'string' ? [] : [...node.numbers, ...numbersIn(node.nodes)]));

/** The cards that Anki makes of a cloze note: one for each number above zero in any of its fields, and at least one. */
export function clozeCards(fields: readonly string[]): number[] {
  const numbers = new Set(fields.flatMap((field) => numbersIn(nodesOf(field))).filter((number) => number > 0));
  return numbers.size === 0 ? [0] : [...numbers].map((number) => number - 1).sort((a, b) => a - b);
}

/**
 * What Anki hands to the browser of a cloze field, on both sides of each card: hidden words as `[hint]`, and no HTML
 * within formulas. Older Ankis put nothing around the words of other cards.
 */
export function clozeSides(field: string): string[] {
  const nodes = nodesOf(field);
  const sides = clozeCards([field]).flatMap((card) =>
    [true, false].flatMap((question) => [true, false].map((old) => render(nodes, { number: card + 1, question, old }))),
  );
  return sides.map((html) => html.replace(/(\\[([])([^]*?)(\\[)\]])/g, (_all, open: string, body: string, close: string) => open + body.replace(/<[^>]*>/g, '') + close)); // prettier-ignore
}

interface Side {
  readonly number: number;
  readonly question: boolean;
  readonly old: boolean;
}

const render = (nodes: readonly (string | Cloze)[], side: Side): string =>
  nodes.map((node) => (typeof node === 'string' ? node : renderCloze(node, side))).join('');

function renderCloze({ numbers, nodes, hint }: Cloze, side: Side): string {
  const [first] = nodes;
  if (typeof first === 'string' && first.startsWith('image-occlusion:')) return '<div class="cloze"></div>';
  const isActive = numbers.includes(side.number);
  if (isActive && side.question) return `<span class="cloze">[${hint ?? '...'}]</span>`;
  const inner = render(nodes, side);
  return isActive || !side.old ? `<span class="cloze">${inner}</span>` : inner;
}

/** What Anki acts on in the HTML of a side: sounds, speech, answers to type, old LaTeX, shapes over a picture. */
export const directivesIn = (html: string): string[] =>
  html.match(/\[sound:[^\]]+\]|\[\/?anki:[^\]]*\]|\[\[type:.+?\]\]|\[latex\].+?\[\/latex\]|\[(\$\$?)\].+?\[\/\1\]|<div class="cloze">/gis) ?? []; // prettier-ignore

/**
 * The formulas that Anki's MathJax finds in HTML, by its rules: signs stand in one text node (but for line ends), a sign
 * between braces ends nothing.
 */
export function formulasIn(html: string): string[] {
  const found: string[] = [];
  for (const node of html.replaceAll('<br>', '\n').split(/<[^>]*>/)) {
    const start = /\\([([])/g;
    for (let match = start.exec(node); match; match = start.exec(node)) {
      const end = formulaEnd(node, start.lastIndex, match[1] === '(' ? '\\)' : '\\]');
      if (end < 0) continue;
      found.push(node.slice(start.lastIndex, end));
      start.lastIndex = end + 2;
    }
  }
  return found;
}

function formulaEnd(node: string, from: number, close: string): number {
  let depth = 0;
  for (const { 0: token, index } of node.slice(from).matchAll(/\\[^]|[{}]/g)) {
    if (token === close && depth === 0) return from + index;
    if (token === '{') depth += 1;
    if (token === '}' && depth > 0) depth -= 1;
  }
  return -1;
}
