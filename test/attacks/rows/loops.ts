// What would hold the event loop: each is done in a thread, on an input large enough to show more than linear work.
import { type Attack, attack } from '../attack';
import { type Work, brokenByRace, race } from '../thread';

const SCANS = `
const { CardScanner } = require(root + '/services/worker/dist/decks/read/parse.js');
const scanner = new CardScanner();
scanner.push(input);
scanner.finish();`;
/** As it looked for the end of an answer that was cut. */
const SCANNED_ONCE = String.raw`
/(?<=[}｝])\s*[\]］]\s*[}｝]?\s*(?:${'```'})?\s*$/.test(input);`;
const cutAnswer = (rest: string): string => `{"cards":[{"quote":"Zyxo is [{}]${rest}.`;
const BLANKS = 15_000;

const RENDERS = `
const { FORMATS } = require(root + '/packages/shared/dist/formats/index.js');
FORMATS.tsv.render({ deck: input, madeAt: 0, options: {} });`;
/** As it looked for line ends. */
const RENDERED_ONCE = String.raw`
for (const { front } of input.cards) front.replace(/[^\S ]*[\t\r\n\v\f\u0085\u2028\u2029]\s*/g, ' ').trim();`;
const deckOf = (text: string) => ({
  title: 'Title',
  language: 'en',
  cards: [{ id: 'c_00000000000a', type: 'basic', front: text, back: text, tags: [], quote: 'q', start: 0, end: 1 }],
});
const SIDE = 300_000;

const LOCATES = `
const { Source } = require(root + '/services/worker/dist/decks/gate/quote.js');
for (const text of input) {
  const source = new Source(text);
  for (let card = 0; card < 65; card += 1) source.locate(text.slice(60000 + card, 60009 + card), 0, text.length);
}`;
/** As it looked for the ends of a cluster. */
const LOCATED_ONCE = `
const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
for (const text of input) {
  const isBoundary = (at) =>
    at <= 0 || at >= text.length || clusters.segment(text.slice(Math.max(0, at - 32), at + 32)).containing(32)?.index === 32;
  for (let card = 0; card < 65; card += 1) {
    let [from, to] = [60000 + card, 60009 + card];
    while (!isBoundary(from)) from -= 1;
    while (!isBoundary(to)) to += 1;
  }
}`;
const CLUSTER = 100_000;
const clusterOf = (piece: string): string => `a${piece.repeat(CLUSTER / piece.length)}`;
/** Each is one character to a reader: marks, joined emoji, tags, Hangul that does not end, signs that join what follows. */
const CLUSTERS = ['\u0301\u0327', '👩\u200D', '\u{E0067}', '\u1100', '\u0600'].map(clusterOf);

/** The attack and an ordinary input of its size. */
const against = (code: string, hostile: unknown, ordinary: unknown, ordinaryCode = code): [Work, Work] => [
  { code, input: hostile },
  { code: ordinaryCode, input: ordinary },
];
const words = (length: number): string => 'word '.repeat(Math.floor(length / 5));

export const LOOPS: readonly Attack[] = [
  attack({
    row: 6,
    name: 'cards on one cluster',
    kind: 'platform call that is not linear',
    sent: '65 cards whose quotes lie on one cluster of 100,000 marks, joined emoji, tags or letters of Hangul',
    holds: 'cards on a character of thousands of code points are located in the time of any others',
    quick: true,
    play: () =>
      race(
        ...against(
          LOCATES,
          CLUSTERS,
          CLUSTERS.map(({ length }) => words(length)),
        ),
      ),
    broken: brokenByRace,
    control: {
      what: 'the loop that once looked for the ends of a cluster',
      play: () =>
        race(
          ...against(
            LOCATED_ONCE,
            CLUSTERS,
            CLUSTERS.map(({ length }) => words(length)),
            LOCATES,
          ),
        ),
    },
  }),
  attack({
    row: 3,
    name: 'a cut answer that ends in blanks',
    kind: 'regular expression that is not linear, on untrusted output',
    sent: 'an answer of the model that ends inside a card after `}]`, 15,000 blanks and one more character',
    holds: 'an answer that is cut after thousands of blanks is read in the time of any other of its length',
    quick: true,
    play: () => race(...against(SCANS, cutAnswer(' '.repeat(BLANKS)), cutAnswer(words(BLANKS)))),
    broken: brokenByRace,
    control: {
      what: 'the pattern that once looked for the end of an answer',
      play: () => race(...against(SCANNED_ONCE, cutAnswer(' '.repeat(BLANKS)), cutAnswer(words(BLANKS)), SCANS)),
    },
  }),
  attack({
    row: 4,
    name: 'cards of wide blanks',
    kind: 'regular expression that is not linear, on untrusted output',
    sent: 'a download as TSV of a card whose sides are 300,000 ideographic blanks',
    holds: 'cards of wide blanks are rendered as TSV in the time of any others of their length',
    quick: true,
    play: () => race(...against(RENDERS, deckOf('\u3000'.repeat(SIDE)), deckOf(words(SIDE)))),
    broken: brokenByRace,
    control: {
      what: 'the pattern that once looked for line ends',
      play: () => race(...against(RENDERED_ONCE, deckOf('\u3000'.repeat(SIDE)), deckOf(words(SIDE)), RENDERS)),
    },
  }),
];
