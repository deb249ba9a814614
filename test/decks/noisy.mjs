// What the gate does to the answers of a weak model: 30 % invented quotes, 10 % repeats, 10 % leaks, foreign cards, cut
// and broken JSON.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const worker = (name) => require(`../../services/worker/dist/${name}.js`);
const { Gate } = worker('decks/gate/gate');
const { Source } = worker('decks/gate/quote');
const { CardScanner } = worker('decks/read/parse');
const { extractCards } = require('../../packages/openrouter-standin/dist/extractive/extract.js');
const { noisyAnswer } = require('../../packages/openrouter-standin/dist/content/noisy.js');
const { DEFAULT_OPTIONS } = require('../../packages/shared/dist/contract/job.js');

const TYPES = ['basic', 'cloze', 'choice'];
const wantedOf = (language) => ({
  cards: 12,
  types: TYPES,
  language,
  difficulty: 'medium',
  answerLength: 'medium',
  focus: '',
  kept: [],
});

const read = (answer) => {
  const scanner = new CardScanner();
  const found = scanner.push(answer);
  return { found: [...found, ...scanner.finish().found] };
};
// Stray quotation marks are part of what a broken answer may add to a front.
const same = (card) => [card.type, card.quote, card.back, String(card.front).replaceAll('"', '')].join('\0');

/** Good and bad cards that one noisy answer holds, and how many of each were kept. */
function measure({ text, language }, seed) {
  const task = { text, wanted: wantedOf(language) };
  const clean = extractCards(task);
  const answer = noisyAnswer(task, seed);
  const source = new Source(text);
  const options = { ...DEFAULT_OPTIONS, types: TYPES, cards: 50 };
  const all = { start: 0, end: text.length };
  const gateFor = () => new Gate({ source, options, language, tags: [], seed: 'noisy' });
  // What the gate drops of the clean answer, each card for itself, is no doing of the noise: it is counted as not good.
  const good = new Set(clean.filter((card) => gateFor().offer(card, all).kind !== 'dropped').map(same));
  const gate = gateFor();
  const counted = { good: 0, goodKept: 0, bad: 0, badKept: 0, dropped: gate.dropped };
  for (const card of read(answer.content).found) {
    const isGood = good.delete(same(card));
    const kept = gate.offer(card, all).kind !== 'dropped';
    counted[isGood ? 'good' : 'bad'] += 1;
    if (kept) counted[isGood ? 'goodKept' : 'badKept'] += 1;
    if (kept && !isGood) counted.example ??= `${card.front} / ${card.back}`;
  }
  // Good cards that were written whole and could not be read are lost; those after a cut were never written.
  if (!answer.cut) counted.good += answer.cards.filter((card) => good.delete(same(card))).length;
  return counted;
}

/** The measure over all texts and seeds. */
export function noisy(texts, seeds) {
  const sum = { answers: 0, good: 0, goodKept: 0, bad: 0, badKept: 0, dropped: {}, examples: [] };
  for (const text of texts) {
    for (const seed of seeds) {
      const one = measure(text, seed);
      sum.answers += 1;
      for (const key of ['good', 'goodKept', 'bad', 'badKept']) sum[key] += one[key];
      for (const [reason, count] of Object.entries(one.dropped))
        sum.dropped[reason] = (sum.dropped[reason] ?? 0) + count;
      if (one.example) sum.examples.push(`${text.name}: ${one.example}`);
    }
  }
  return sum;
}
