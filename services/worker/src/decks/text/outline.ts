import type { Span } from './boundary';
import { readHeading } from './sentences';

export interface Heading extends Span {
  /** 1 for the topmost. */
  readonly level: number;
  /** Without its mark, its number and Markdown's emphasis. */
  readonly title: string;
}

/** Code between fences, or a table. */
export interface Solid extends Span {
  /** Of a table, the line of heads and the rule below it; '' of code. */
  readonly head: string;
}

/** What of a text is more than running text, in order. */
export interface Outline {
  readonly headings: readonly Heading[];
  readonly solids: readonly Solid[];
}

const NONE: Outline = { headings: [], solids: [] };
/** A text without any of these at the beginning of a line is running text. */
const MARKED = /(?:^|\n)[ \t]{0,3}(?:#{1,6}\s|```|~~~|\||第)/;
const FENCE = /^[ \t]{0,3}(```|~~~)/;
const ROW = /^[ \t]*\|.*\|[ \t\r]*$/;
const RULE = /^[ \t]*\|[ \t|:-]+\|[ \t\r]*$/;

/** Headings, code and tables of `text`, found in one look at its lines. */
export function outlineOf(text: string): Outline {
  if (!MARKED.test(text)) return NONE;
  const headings: Heading[] = [];
  const solids: Solid[] = [];
  let fence: { readonly mark: string; readonly start: number } | null = null;
  let table: OpenTable | null = null;
  const closeTable = (): void => {
    const under = table?.lines[1];
    if (table && under !== undefined) {
      const hasHead = RULE.test(under);
      solids.push({ start: table.start, end: table.end, head: hasHead ? table.lines.slice(0, 2).join('\n') : '' });
    }
    table = null;
  };
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, Math.min(end, start + LONGEST_LINE));
    const mark: string | undefined = FENCE.exec(line)?.[1];
    const isRow: boolean = fence === null && ROW.test(line);
    if (!isRow) closeTable();
    if (fence) {
      if (mark === fence.mark) {
        solids.push({ start: fence.start, end, head: '' });
        fence = null;
      }
    } else if (mark !== undefined) fence = { mark, start };
    else if (isRow) table = addRow(table, line, start, end);
    else {
      const heading = readHeading(line);
      if (heading) headings.push({ start, end, ...heading });
    }
    start = end + 1;
  }
  closeTable();
  return { headings, solids };
}

/** No heading, fence or row of a table to speak of is longer. */
const LONGEST_LINE = 1_000;

interface OpenTable {
  readonly start: number;
  readonly end: number;
  /** Its first two lines: the head and what may be the rule below it. */
  readonly lines: readonly string[];
}

const addRow = (table: OpenTable | null, line: string, start: number, end: number): OpenTable => {
  if (!table) return { start, end, lines: [line] };
  return { start: table.start, end, lines: table.lines.length < 2 ? [...table.lines, line] : table.lines };
};

/** The headings that the place `at` stands under, the topmost first. */
export function headingsAbove({ headings }: Outline, at: number): Heading[] {
  const path: Heading[] = [];
  for (let i = lastBefore(headings, at); i >= 0; i -= 1) {
    const heading = headings[i];
    const [top] = path;
    if (heading && (!top || heading.level < top.level)) path.unshift(heading);
    if (heading?.level === 1) break;
  }
  return path;
}

/** Whether a cut at `at` would tear code or a table. */
export function isInSolid({ solids }: Outline, at: number): boolean {
  const solid = solids[lastBefore(solids, at - 1)];
  return solid !== undefined && solid.start < at && at < solid.end;
}

/** The table that the place `at` stands in. */
export function tableAt({ solids }: Outline, at: number): Solid | null {
  const solid = solids[lastBefore(solids, at)];
  return solid && solid.start < at && at < solid.end && solid.head !== '' ? solid : null;
}

/** Index of the last of the rising `spans` that starts at or before `at`; -1 if none does. */
function lastBefore(spans: readonly Span[], at: number): number {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.start ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
