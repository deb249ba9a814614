import type { Card } from '@flashcards/shared/contract/deck';
import { FORMATS } from '@flashcards/shared/formats/index';
import { Pair, type Service } from '../../harness/stack/pair';
import { longChinese } from '../../harness/texts';
import { HOSTILE, ordinary, strained as textOf } from './hostile-texts';
import { Judge, MEASURED } from './turns';

const SIDE = 2_000;
const CARDS = 50;
const FORMAT_NAMES = Object.keys(FORMATS);

interface Made {
  readonly path: string;
  readonly cards: readonly Card[];
}

jest.setTimeout(120_000);

let pair: Pair;
let strained: Made;
let plain: Made;
const judge = new Judge((): Service => pair.apis[0] as Service);
beforeAll(async () => {
  pair = await Pair.start({ settings: { ...MEASURED, MODEL: 'standin/extractive', RESULT_SECONDS: 86_400 } });
  strained = await deckOf(longChinese(9_900));
  plain = await deckOf(longChinese(9_800));
  await edit(plain, (card) => ordinary(SIDE, card));
}, 120_000);
afterAll(async () => {
  process.stderr.write(judge.report('the API'));
  await pair.close();
});

async function deckOf(text: string): Promise<Made> {
  const { id } = await pair.submit({ text, options: { cards: CARDS, types: ['basic'] } });
  await pair.ended(id, 60);
  const path = `/v1/jobs/${id}/cards`;
  const { text: deck } = await pair.call('GET', path);
  const { cards } = JSON.parse(deck) as { cards: readonly Card[] };
  if (cards.length < CARDS / 2) throw new Error(`the deck has only ${cards.length} cards`);
  return { path, cards };
}

/** Gives every card sides as long as they may be. */
async function edit({ path, cards }: Made, sideOf: (card: number) => string): Promise<void> {
  for (const [i, { id }] of cards.entries()) {
    const side = sideOf(i);
    const { status, text } = await pair.call('PATCH', `${path}/${id}`, { front: side, back: side });
    // What only a cloze may hold is refused, which is judged too.
    if (status !== 200 && status !== 422) throw new Error(`edit: ${status} ${text.slice(0, 300)}`);
  }
}

async function download({ path }: Made, format: string): Promise<void> {
  const answer = await fetch(`${pair.url}${path}?format=${format}`);
  if (answer.status !== 200) throw new Error(`${format}: ${answer.status} ${await answer.text()}`);
  await answer.arrayBuffer();
}

test.each(HOSTILE)('a deck of %s is edited, and read in any format, without holding up anybody', (name, piece) =>
  judge.judgeAll([
    [
      `edits of ${name}`,
      {
        hostile: (run) => edit(strained, (card) => `${run} ${card} ${textOf(piece, SIDE - 20)}`),
        ordinary: (run) => edit(plain, (card) => ordinary(SIDE, run * CARDS + card)),
      },
    ],
    ...FORMAT_NAMES.map(
      (format) =>
        [
          `${format} of ${name}`,
          { hostile: () => download(strained, format), ordinary: () => download(plain, format) },
        ] as const,
    ),
  ]),
);
