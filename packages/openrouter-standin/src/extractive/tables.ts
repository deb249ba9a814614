import type { CardType } from '../chat/chat-request';
import type { DraftCard } from '../content/card';
import type { Candidate, Reading } from './candidates';
import { isFit } from './fit';

const ROW = /^[ \t]*\|(.+)\|[ \t]*$/;
const RULE = /^[\s|:-]+$/;
const MAX_WRONG = 3;

interface Row {
  /** The line as it stands in the text. */
  readonly quote: string;
  readonly cells: readonly string[];
}

interface Table {
  readonly head: readonly string[];
  readonly rows: readonly Row[];
}

const cellsOf = (inner: string): string[] => inner.split('|').map((cell) => cell.replace(/[*`]/g, '').trim());

/** The tables of a text in Markdown: a line of heads, a rule, and rows. */
function tablesIn(text: string): Table[] {
  const tables: Table[] = [];
  let lines: string[] = [];
  const close = (): void => {
    const [head, rule = '', ...rows] = lines;
    lines = [];
    if (head === undefined || !RULE.test(rule)) return;
    const read = (line: string): Row => ({ quote: line.trim(), cells: cellsOf(ROW.exec(line)?.[1] ?? '') });
    tables.push({ head: read(head).cells, rows: rows.map(read) });
  };
  for (const line of text.split('\n')) {
    if (ROW.test(line)) lines.push(line);
    else close();
  }
  close();
  return tables;
}

function question({ tongue, traditional }: Reading, head: string, subject: string): string {
  if (tongue === 'zh') return `${subject}的${head}是${traditional ? '什麼' : '什么'}？`;
  return `What is the ${head.toLowerCase()} of ${subject}?`;
}

/** A card for each cell: what its column says of its row. `from` is the number of sentences before the tables. */
export function tableCandidates(reading: Reading, from: number): Candidate[] {
  const { text, script, wanted } = reading;
  const types = wanted.types.filter((type): type is CardType => type === 'basic' || type === 'choice');
  let sentence = from;
  return tablesIn(text).flatMap(({ head, rows }) =>
    rows.flatMap(({ quote, cells }) => {
      sentence += 1;
      return cells.slice(1).flatMap((back, i) => {
        const front = question(reading, head[i + 1] ?? '', cells[0] ?? '');
        const others = [...new Set(rows.map((row) => row.cells[i + 1] ?? ''))].filter((cell) => cell !== back && cell);
        return types.flatMap((type) => {
          if (type === 'choice' && others.length < 2) return [];
          const choices = type === 'choice' ? others.slice(0, MAX_WRONG) : null;
          const card: DraftCard = { quote, type, front, back, choices, tags: [] };
          if (wanted.kept.includes(front) || !isFit(card, script, text)) return [];
          return [{ card, sentence, answer: back, score: 4 }];
        });
      });
    }),
  );
}
