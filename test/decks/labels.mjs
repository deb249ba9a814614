// Candidate cards that were labelled by hand, and what the gate says of them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CARD_TYPES } from '@flashcards/shared/contract/deck';
import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import { Gate } from '../../services/worker/dist/decks/gate/gate.js';
import { Source } from '../../services/worker/dist/decks/gate/quote.js';

/**
 * @typedef {object} Written a card as a model may write it
 * @property {string} quote
 * @property {string} [type]
 * @property {string} front
 * @property {string} back
 * @property {string[] | null} [choices]
 *
 * @typedef {object} SourceText its text, of which a line may have words of its own
 * @property {string} text
 * @property {string} language
 * @property {Partial<import('@flashcards/shared/contract/job').Options>} [options]
 *
 * @typedef {Written & SourceText & { label: string, after?: Written }} Labelled
 * @typedef {SourceText & { source: string, in?: undefined }} SourceLine
 * @typedef {Written & Partial<SourceText> & { in: string, label: string, after?: Written }} CardLine
 */

/**
 * The candidates of a file, each with its source; a line with `source` says a text, one with `in` a card of that text.
 * @param {string} file
 * @returns {Labelled[]}
 */
export function labelled(file) {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => /** @type {SourceLine | CardLine} */ (JSON.parse(line)));
  const sources = new Map(lines.flatMap((line) => (line.in === undefined ? [[line.source, line]] : [])));
  return lines.flatMap((line) => {
    if (line.in === undefined) return [];
    const source = sources.get(line.in);
    if (!source) throw new Error(`${file}: no line has the source ${line.in}`);
    return [{ ...source, ...line }];
  });
}

/** @param {Written} written */
const card = ({ quote, type = 'basic', front, back, choices = null }) => ({
  quote,
  type,
  front,
  back,
  choices,
  tags: [],
});

/**
 * What the gate says of a candidate: `good`, or the reason it is dropped for.
 * @param {Labelled} candidate
 */
export function verdictOf({ text, language, options, after, ...candidate }) {
  const gate = new Gate({
    source: new Source(text),
    options: { ...DEFAULT_OPTIONS, types: CARD_TYPES, ...options },
    language,
    tags: [],
    seed: 'labels',
  });
  const all = { start: 0, end: text.length };
  if (after && gate.offer(card(after), all).kind === 'dropped')
    throw new Error(`The card before it is dropped: ${after.front}`);
  const verdict = gate.offer(card(candidate), all);
  return verdict.kind === 'dropped' ? verdict.reason : 'good';
}

/**
 * Precision and recall of dropping, over all and by reason; and the cards on which gate and label differ.
 * @param {Labelled[]} candidates
 */
export function judge(candidates) {
  const judged = candidates.map((candidate) => ({ ...candidate, verdict: verdictOf(candidate) }));
  const bad = judged.filter(({ label }) => label !== 'good');
  const dropped = judged.filter(({ verdict }) => verdict !== 'good');
  const hits = dropped.filter(({ label }) => label !== 'good');
  const reasons = [...new Set(judged.flatMap(({ label, verdict }) => [label, verdict]))].filter(
    (code) => code !== 'good',
  );
  return {
    cards: judged.length,
    bad: bad.length,
    dropped: dropped.length,
    precision: hits.length / dropped.length,
    recall: hits.length / bad.length,
    byReason: reasons.sort().map((code) => {
      const known = judged.filter(({ label }) => label === code);
      const said = judged.filter(({ verdict }) => verdict === code);
      const both = said.filter(({ label }) => label === code).length;
      return { code, labelled: known.length, said: said.length, both };
    }),
    misses: judged.filter(({ label, verdict }) => label !== verdict),
  };
}
