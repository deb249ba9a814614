// Candidate cards that were labelled by hand, and what the gate says of them.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const worker = (name) => require(`../../services/worker/dist/${name}.js`);
const { Gate } = worker('decks/gate/gate');
const { Source } = worker('decks/gate/quote');
const { CARD_TYPES } = require('../../packages/shared/dist/contract/deck.js');
const { DEFAULT_OPTIONS } = require('../../packages/shared/dist/contract/job.js');

/** The candidates of a file, each with its source; a line with `source` says a text, one with `in` a card of that text. */
export function labelled(file) {
  const lines = readFileSync(join(import.meta.dirname, file), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const sources = new Map(lines.filter((line) => line.source).map((line) => [line.source, line]));
  return lines.filter((line) => line.in).map(({ in: name, ...line }) => ({ ...sources.get(name), ...line }));
}

const card = ({ quote, type = 'basic', front, back, choices = null }) => ({
  quote,
  type,
  front,
  back,
  choices,
  tags: [],
});

/** What the gate says of a candidate: `good`, or the reason it is dropped for. */
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

/** Precision and recall of dropping, over all and by reason; and the cards on which gate and label differ. */
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
      const labelled = judged.filter(({ label }) => label === code);
      const said = judged.filter(({ verdict }) => verdict === code);
      const both = said.filter(({ label }) => label === code).length;
      return { code, labelled: labelled.length, said: said.length, both };
    }),
    misses: judged.filter(({ label, verdict }) => label !== verdict),
  };
}
