// What a reader of a file would run, told by ports of the readers' own rules.
import { parse } from 'csv-parse/sync';
import type { Card, Deck } from '@flashcards/shared/contract/deck';
import { FORMATS } from '@flashcards/shared/formats/index';
import { openPackage } from '../../harness/readers/anki';
import { clozeCards, formulasIn } from '../../harness/readers/anki-render';
import { markupIn } from '../../harness/readers/deck-readers';
import { type Attack, attack, unless } from '../attack';

const deckOf = (card: Partial<Card>): Deck => ({
  title: 'Title',
  language: 'en',
  cards: [
    { id: 'c_00000000000a', type: 'basic', front: 'f', back: 'b', tags: ['t'], quote: 'q', start: 0, end: 1, ...card },
  ],
});
type Name = 'markdown' | 'obsidian' | 'csv' | 'apkg';
async function bytesOf(name: Name, card: Partial<Card>, options = {}): Promise<Buffer> {
  const file = await FORMATS[name].render({ deck: deckOf(card), madeAt: 0, options });
  return typeof file === 'string' ? Buffer.from(file) : Buffer.from(file);
}
const text = async (name: Name, card: Partial<Card>, options = {}): Promise<string> =>
  (await bytesOf(name, card, options)).toString();
const fieldsOf = async (card: Partial<Card>): Promise<readonly string[]> =>
  (await openPackage(await bytesOf('apkg', card))).notes.flatMap(({ fields }) => fields);

const HTML = 'x \\(a$ <img src=x onerror=alert(1)> [the proof](//evil.example/x) $b\\) y';
const LINK = '\\(\\href{javascript:alert(1)}{click}\\)';

/** Files of a card of hostile formulas. */
interface Files {
  readonly notes: readonly string[];
  readonly anki: readonly string[];
}

/** What a spreadsheet takes for a formula, where cells split at semicolons as well. */
const formulaCells = (body: string): string[] =>
  parse(body, { record_delimiter: '\r\n' })
    .flat()
    .flatMap((cell) => cell.split(';'))
    .filter((cell) => /^[=+\-@]/.test(cell.trim()));

export const EXPORTS: readonly Attack[] = [
  attack<Files>({
    row: 16,
    name: 'HTML and links in formulas',
    kind: 'escaping that does not know its context',
    sent: 'cards with an image, a link and a handler inside the signs of a formula',
    holds: 'formulas of a card carry no HTML into Markdown and Obsidian, and no command with an effect to MathJax',
    quick: true,
    play: async () => ({
      notes: [await text('markdown', { front: HTML, back: LINK }), await text('obsidian', { front: HTML, back: LINK })],
      anki: await fieldsOf({ front: HTML, back: LINK }),
    }),
    broken: ({ notes, anki }) => [
      ...notes.flatMap(markupIn).map((markup) => `a note shows ${markup}`),
      ...anki.flatMap(formulasIn).filter((formula) => formula.includes('href')).map((formula) => `Anki's MathJax gets ${formula}`),
    ],
    control: {
      what: 'files as they once were',
      play: () => ({
        notes: ['## 1. x $a$ <img src=x onerror=alert(1)> [the proof](//evil.example/x) $b$ y\n\n$\\href{javascript:alert(1)}{click}$\n'],
        anki: [LINK],
      }),
    },
  }),
  attack<readonly string[]>({
    row: 17,
    name: 'a cloze in a quote',
    kind: 'escaping that does not know its context',
    sent: 'a cloze card whose quote holds `{{c2::…}}`',
    holds: 'braces outside of the text of a cloze note make no card',
    quick: true,
    play: () => fieldsOf({ type: 'cloze', front: '{{c1::x}} y', back: 'x', quote: '{{c2::x}} y', tags: [] }),
    broken: (fields) => unless(clozeCards(fields).length === 1, `Anki makes ${clozeCards(fields).length} cards of one`),
    control: { what: 'a note as it once was', play: () => ['{{c1::x}} y', 'x', '{{c2::x}} y'] },
  }),
  attack<string>({
    row: 23,
    name: 'a formula behind a semicolon',
    kind: 'spreadsheets split at other signs',
    sent: 'a card whose side is `a;=1+1`, as CSV with formula_guard',
    holds: 'a guarded cell is no formula where a spreadsheet splits at semicolons',
    quick: true,
    play: () => text('csv', { front: 'a;=1+1', back: '=1+1' }, { formula_guard: true }),
    broken: (body) => formulaCells(body).map((cell) => `a spreadsheet computes ${cell}`),
    control: { what: 'a cell as it once was', play: () => 'front,back\r\na;=1+1,b\r\n' },
  }),
]; // prettier-ignore
