import { hanLetters, scriptOf, simplify } from './script';

/** A sentence that cards may be made from. */
export interface Sentence {
  /** Exactly as it stands in the text. */
  readonly quote: string;
  /** Ready for a front: one line, without markup, leading connective and final stop. */
  readonly body: string;
  /** `body` with traditional characters simplified, unit for unit. */
  readonly shadow: string;
  /** The stop that ended it. */
  readonly stop: string;
  readonly index: number;
  readonly opensParagraph: boolean;
  /** Begins with a word that points back: `它`, `This`. */
  readonly pointsBack: boolean;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const HEADING = /^\s{0,3}#{1,6}\s/;
const BULLET = /^\s*(?:[-*+•·]|\(?\d{1,2}[.)、]|（\d{1,2}）)\s*(?!\d)/;
const FENCE = /^\s*(?:```|~~~)/;
const TABLE = /^\s*\|/;
const FINISHED = /[。！？!?.；;：:…]["'”’」』）)\]]*\s*$/;
const SHORT_LINE_UNITS = 60;

const startsOver = (line: string): boolean => /^[\p{Lu}\p{Script=Han}]/u.test(line.trimStart());

/** Ranges of running text: paragraphs and list items, without headings, tables and code. */
function blocksOf(text: string): Range[] {
  const blocks: { start: number; end: number }[] = [];
  let isOpen = false;
  let fenced = false;
  let at = 0;
  for (const line of text.split('\n')) {
    const [start, end] = [at, at + line.length];
    at = end + 1;
    if (FENCE.test(line)) fenced = !fenced;
    const bullet = BULLET.exec(line);
    const open = isOpen ? blocks.at(-1) : undefined;
    const previous = open ? text.slice(open.start, open.end) : '';
    const apart = !FINISHED.test(previous) && previous.length < SHORT_LINE_UNITS && startsOver(line);
    if (fenced || FENCE.test(line) || HEADING.test(line) || TABLE.test(line) || line.trim() === '') isOpen = false;
    else if (!open || bullet || apart) {
      blocks.push({ start: start + (bullet?.[0].length ?? 0), end });
      isOpen = true;
    } else open.end = end;
  }
  return blocks;
}

const HAN_STOP = /[。！？!?；;…]+["'”’」』）)]*|\.(?=\s|$)/g;
const LATIN_STOP = /[.!?…]+["'”’)\]]*(?=\s+["'“‘(]?[\p{Lu}\p{N}\p{Script=Han}]|\s*$)|[。！？]+["'”’」』）)]*/gu;
const ABBREVIATION =
  /(?:^|[\s(])(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|e\.g|i\.e|cf|Fig|No|al|approx|ca|c|Jr|Sr|Inc|Ltd|U\.S|[A-Z])\.$/;

function rangesIn(text: string, block: Range): Range[] {
  const inner = text.slice(block.start, block.end);
  const stops = scriptOf(inner) === 'han' ? HAN_STOP : LATIN_STOP;
  const ranges: Range[] = [];
  let from = 0;
  for (const match of inner.matchAll(stops)) {
    const to = match.index + match[0].length;
    if (ABBREVIATION.test(inner.slice(Math.max(0, to - 8), to)) && to < inner.length) continue;
    ranges.push({ start: block.start + from, end: block.start + to });
    from = to;
  }
  if (from < inner.length) ranges.push({ start: block.start + from, end: block.end });
  return ranges;
}

const LEADING_CONNECTIVE =
  /^(?:(?:因此|所以|此外|另外|同时|然而|但是|但|不过|而且|并且|其次|首先|最后|总之|例如|比如|也就是说|一般来说|总的来说|事实上|实际上|相反|相比之下|随后|后来|随着|接着|于是|目前|如今|通常)[，,：:]|(?:因此|此外|另外|然而|但是|不过|而且|并且|于是)(?!.{0,3}的))/;
const LEADING_CONNECTIVE_LATIN =
  /^(?:However|Therefore|Thus|Moreover|Furthermore|In addition|Additionally|As a result|Consequently|For example|For instance|In fact|Finally|Also|Meanwhile|Hence|Similarly|In contrast|By contrast|On the other hand|Today|Instead|Nevertheless|In turn|Indeed|In general|Generally|First|Second|Third),\s+/;
const POINTS_BACK =
  /^(?:它|他(?!人)|她|这|那(?!么)|该|此(?!外)|其(?!他|余|实)|前者|后者|两者|二者|上述|以上|另一|还(?!原)|也|而|则|并(?!联)|却|就|从而|使(?!用|者)|以此|与此|除此|对此|为此|因而)/;
const POINTS_BACK_LATIN =
  /^(?:It|This|These|Those|That|They|He|She|We|You|I|His|Her|Its|Their|Such|Here|There|Both|Another|Others|One of (?:these|them)|The (?:former|latter|two|same|other|latter)|And|But|So|Or|Then|Which|Once (?:it|they|this)|When (?:it|they|this)|As (?:it|they|this)|In (?:this|these|such)|At this|During this|To do (?:this|so))\b/;
const DEICTIC =
  /本文|本章|本节|如图|下图|上图|下表|上表|如下|见图|见表|this (?:chapter|section|article)|(?:figure|table) \d|as follows|see (?:above|below)|mentioned above/i;

const MARKUP = /\*\*|__|`|\[\d{1,3}\]|\[\^[^\]]+\]/g;
const FINAL_STOP = /[。！!.；;…：:，,]+$/;

const oneLine = (quote: string): string =>
  quote
    .replace(MARKUP, '')
    .replace(/(?<=\p{Script=Han}|[，。；：、！？])\s*\n\s*(?=\p{Script=Han})/gu, '')
    .replace(/\s+/g, ' ')
    .trim();

function bodyOf(quote: string): string {
  const line = oneLine(quote).replace(FINAL_STOP, '');
  const shadow = simplify(line);
  const connective = LEADING_CONNECTIVE.exec(shadow) ?? LEADING_CONNECTIVE_LATIN.exec(line);
  const rest = connective ? line.slice(connective[0].length) : line;
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

const HAN_UNITS = { min: 7, max: 150 };
const LATIN_WORDS = { min: 4, max: 45 };

function isInformative(body: string, quote: string): boolean {
  if (/[?？]["'”’」』）)]*\s*$/.test(quote) || DEICTIC.test(simplify(body))) return false;
  const han = hanLetters(body);
  if (han * 3 > body.length) return han >= HAN_UNITS.min && body.length <= HAN_UNITS.max;
  const words = body.split(' ').length;
  return words >= LATIN_WORDS.min && words <= LATIN_WORDS.max;
}

function trimmed(text: string, { start, end }: Range): string {
  return text.slice(start, end).trim();
}

/** The sentences of a text that carry facts, in order. */
export function sentencesOf(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  for (const block of blocksOf(text)) {
    for (const [nth, range] of rangesIn(text, block).entries()) {
      const quote = trimmed(text, range);
      const body = bodyOf(quote);
      if (!isInformative(body, quote)) continue;
      const shadow = simplify(body);
      sentences.push({
        quote,
        body,
        shadow,
        stop: hanLetters(body) * 3 > body.length ? '。' : '.',
        index: sentences.length,
        opensParagraph: nth === 0,
        pointsBack: POINTS_BACK.test(shadow) || POINTS_BACK_LATIN.test(body),
      });
    }
  }
  return sentences;
}
