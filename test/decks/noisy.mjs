// What the gate does to the answers of a weak model: 30 % invented quotes, 10 % repeats, 10 % leaks, foreign cards, cut
// and broken JSON.
import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import { noisyAnswer } from '../../packages/openrouter-standin/dist/content/noisy.js';
import { extractCards } from '../../packages/openrouter-standin/dist/extractive/extract.js';
import { Gate } from '../../services/worker/dist/decks/gate/gate.js';
import { Source } from '../../services/worker/dist/decks/gate/quote.js';
import { CardScanner } from '../../services/worker/dist/decks/read/parse.js';

/**
 * @typedef {{ name: string, text: string, language: string }} Text
 * @typedef {import('../../services/worker/dist/decks/read/candidate.js').Candidate} Candidate
 */

/** @type {import('@flashcards/shared/contract/deck').CardType[]} */
const TYPES = ['basic', 'cloze', 'choice'];
/** @type {(language: string) => import('../../packages/openrouter-standin/dist/chat/chat-request.js').Wanted} */
const wantedOf = (language) => ({
  cards: 12,
  types: TYPES,
  language,
  difficulty: 'medium',
  answerLength: 'medium',
  focus: '',
  kept: [],
});

/** @param {string} answer */
const read = (answer) => {
  const scanner = new CardScanner();
  const found = scanner.push(answer);
  return /** @type {Partial<Candidate>[]} */ ([...found, ...scanner.finish().found]);
};
/**
 * Stray quotation marks are part of what a broken answer may add to a front.
 * @param {Partial<Candidate>} card
 */
const same = (card) => [card.type, card.quote, card.back, String(card.front).replaceAll('"', '')].join('\0');

/**
 * Good and bad cards that one noisy answer holds, and how many of each were kept.
 * @param {Text} text
 * @param {string} seed
 */
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
  /** @type {{ good: number, goodKept: number, bad: number, badKept: number, example?: string }} */
  const counted = { good: 0, goodKept: 0, bad: 0, badKept: 0 };
  for (const card of read(answer.content)) {
    const isGood = good.delete(same(card));
    const kept = gate.offer(card, all).kind !== 'dropped';
    counted[isGood ? 'good' : 'bad'] += 1;
    if (kept) counted[isGood ? 'goodKept' : 'badKept'] += 1;
    if (kept && !isGood) counted.example ??= `${card.front} / ${card.back}`;
  }
  // Good cards that were written whole and could not be read are lost; those after a cut were never written.
  if (!answer.cut) counted.good += answer.cards.filter((card) => good.delete(same(card))).length;
  return { ...counted, dropped: gate.dropped };
}

/**
 * The measure over all texts and seeds.
 * @param {Text[]} texts
 * @param {string[]} seeds
 */
export function noisy(texts, seeds) {
  const sum = { answers: 0, good: 0, goodKept: 0, bad: 0, badKept: 0 };
  /** @type {Record<string, number>} */
  const dropped = {};
  /** @type {string[]} */
  const examples = [];
  for (const text of texts) {
    for (const seed of seeds) {
      const one = measure(text, seed);
      sum.answers += 1;
      for (const key of /** @type {const} */ (['good', 'goodKept', 'bad', 'badKept'])) sum[key] += one[key];
      for (const [reason, count] of Object.entries(one.dropped)) dropped[reason] = (dropped[reason] ?? 0) + count;
      if (one.example) examples.push(`${text.name}: ${one.example}`);
    }
  }
  return { ...sum, dropped, examples };
}
