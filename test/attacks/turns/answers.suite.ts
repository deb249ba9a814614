import { Pair, type Service } from '../../harness/stack/pair';
import { HOSTILE, ordinary, strained } from './hostile-texts';
import { Judge, MEASURED } from './turns';

jest.setTimeout(900_000);

let pair: Pair;
const worker = (): Service => pair.workers[0] as Service;
const judge = new Judge(worker);
beforeAll(async () => {
  pair = await Pair.start({ settings: { ...MEASURED, MODEL: 'standin/canned', MAX_WAITING_JOBS: 1_000_000 } });
  for (let i = 0; i < 100; i += 1) await deckOf(ordinary(9_990, i), 'ok');
}, 120_000);
afterAll(async () => {
  process.stderr.write(judge.report('a worker'));
  await pair.close();
});

/** What the stand-in does with every call from now on. */
async function answerWith(scenario: string): Promise<void> {
  const body = JSON.stringify({ mix: { [scenario]: 1 } });
  const { status } = await fetch(`${pair.standin.controlUrl}/config`, { method: 'PUT', body });
  if (status !== 200) throw new Error(`config: ${status}`);
}

/** Makes a deck of a text while the model answers so. */
async function deckOf(text: string, scenario: string): Promise<void> {
  await answerWith(scenario);
  const { id } = await pair.submit({ text });
  const { status } = await pair.ended(id, 60);
  if (status === 'queued' || status === 'running') throw new Error(`the job is ${status} after a minute`);
}

const ORDINARY_TEXT = (run: number): string => ordinary(9_990, run);
const SENTENCE = 'Plants need light. ';

interface Answers {
  /** The scenario of an answer that is made of this piece. */
  readonly scenario: (piece: string) => string;
  readonly text?: (run: number, piece: string) => string;
}

/** Judges answers of each piece beside those of an ordinary sentence. */
const judgeAnswers = (what: string, { scenario, text = ORDINARY_TEXT }: Answers): Promise<void> =>
  judge.judgeAll(
    HOSTILE.map(([name, piece]) => [
      `${what} of ${name}`,
      {
        hostile: (run) => deckOf(text(run, piece), scenario(encodeURIComponent(piece))),
        ordinary: (run) => deckOf(ORDINARY_TEXT(run), scenario(encodeURIComponent(SENTENCE))),
      },
    ]),
  );

test.each(['answer', 'object', 'string', 'list'])(
  'an answer of 200,000 characters of anything, in place of the %s, holds up no other job',
  (place) => judgeAnswers(place, { scenario: (piece) => `flood;place=${place};chars=200000;piece=${piece}` }),
);

test('a cut answer that ends in 15,000 characters of anything holds up no other job', () =>
  judgeAnswers('a cut answer', { scenario: (piece) => `cut_blanks;chars=15000;piece=${piece}` }));

test('cards of anything, as long as they are read, hold up no other job', () =>
  judgeAnswers('cards', { scenario: (piece) => `strained_fields;chars=3500;piece=${piece}` }));

test('a letter with 10,000 marks in a card holds up no other job', () =>
  judge.judge('10,000 marks', {
    hostile: (run) => deckOf(ORDINARY_TEXT(run), 'strained_fields;chars=10000;piece=%CC%81%CC%A7'),
    ordinary: (run) => deckOf(ORDINARY_TEXT(run), `strained_fields;chars=10000;piece=${encodeURIComponent(SENTENCE)}`),
  }));

const strainedText = (run: number, piece: string): string => `${run}${strained(piece, 9_980)}`;

test('a text of anything holds up no other job', () =>
  judgeAnswers('text', { scenario: () => 'ok', text: strainedText }));

test.each([
  ['quote', 'many_quotes;cards=65'],
  ['misquote', 'many_quotes;cards=65;chars=590;spoil=1'],
])('65 cards that %s a text of anything hold up no other job', (what, scenario) =>
  judgeAnswers(`65 ${what}s`, { scenario: () => scenario, text: strainedText }),
);
