// npm run test:decks: how good decks are, as a table; exits with 1 where a bar is missed.
import { noisy } from './noisy.mjs';
import { breaches, startProduct, textsIn } from './golden.mjs';
import { judge, labelled } from './labels.mjs';
import { longTexts } from './long.mjs';

/** @typedef {ReturnType<typeof textsIn>} Texts */

/** @type {string[]} */
const missed = [];
/** @type {(holds: boolean, what: string) => string} */
const bar = (holds, what) => {
  if (!holds) missed.push(what);
  return holds ? 'ok' : 'MISSED';
};
/** @param {number} value */
const share = (value) => (Number.isFinite(value) ? value.toFixed(3) : '-');
/** @type {(head: string[], rows: (string | number)[][]) => void} */
const table = (head, rows) => {
  const all = [head, ...rows.map((row) => row.map(String))];
  const widths = head.map((_, i) => Math.max(...all.map((row) => row[i]?.length ?? 0)));
  for (const row of all)
    console.log(
      `  ${row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
};
/** @type {(into: Record<string, number>, from: Readonly<Record<string, number>>) => void} */
const add = (into, from) => {
  for (const [key, value] of Object.entries(from)) into[key] = (into[key] ?? 0) + value;
};

/**
 * @param {string} title
 * @param {string} file
 */
function labels(title, file) {
  const verdicts = judge(labelled(file));
  console.log(`\n${title}: ${verdicts.cards} cards, ${verdicts.bad} of them bad; ${verdicts.dropped} dropped`);
  table(
    ['reason', 'labelled', 'said', 'both', 'precision', 'recall'],
    verdicts.byReason.map(({ code, labelled: known, said, both }) => [
      code,
      known,
      said,
      both,
      share(both / said),
      share(both / known),
    ]),
  );
  console.log(
    `  over all: precision ${share(verdicts.precision)} (bar 0.95 ${bar(verdicts.precision >= 0.95, `${title}: precision`)}), recall ${share(verdicts.recall)} (bar 0.90 ${bar(verdicts.recall >= 0.9, `${title}: recall`)})`,
  );
  for (const { label, verdict, front } of verdicts.misses)
    console.log(`  differs: labelled ${label}, said ${verdict}: ${front}`);
}

const NO_ROW = { texts: 0, kept: 0, generated: 0, coverage: 0, ms: 0 };

/** @param {Texts} texts */
async function golden(texts) {
  const product = await startProduct({ model: 'standin/extractive', seed: 'decks' });
  /** @type {Map<string, typeof NO_ROW>} */
  const kinds = new Map();
  /** @type {Record<string, number>} */
  const dropped = {};
  /** @type {string[]} */
  const broken = [];
  const all = { cards: 0, grounded: 0, twice: 0 };
  for (const text of texts) {
    const { result, ms } = await product.make(text.text, { types: ['basic', 'cloze', 'choice'] });
    broken.push(...breaches(text, result));
    const { cards } = result.deck;
    all.cards += cards.length;
    all.grounded += cards.filter(({ start, end, quote }) => text.text.slice(start, end) === quote).length;
    all.twice +=
      cards.length - new Set(cards.map(({ type, front, back }) => `${type} ${front} ${back}`.toLowerCase())).size;
    add(dropped, result.dropped);
    const row = kinds.get(text.kind) ?? { ...NO_ROW };
    add(row, {
      texts: 1,
      kept: result.kept,
      generated: result.generated - (result.dropped['over_count'] ?? 0),
      coverage: result.coverage.share,
      ms,
    });
    kinds.set(text.kind, row);
  }
  await product.close();
  console.log(`\nGolden set: ${texts.length} texts, the stand-in's rules behind HTTP, 10 cards wanted of each`);
  table(
    ['kind', 'texts', 'cards a text', 'yield', 'coverage', 'ms a text'],
    [...kinds].map(([kind, row]) => [
      kind,
      row.texts,
      (row.kept / row.texts).toFixed(1),
      share(row.kept / row.generated),
      share(row.coverage / row.texts),
      (row.ms / row.texts).toFixed(1),
    ]),
  );
  console.log(`  dropped: ${JSON.stringify(dropped)}`);
  console.log(
    `  grounded ${share(all.grounded / all.cards)} (bar 1 ${bar(all.grounded === all.cards, 'golden: grounded')}), repeated ${all.twice} (bar 0 ${bar(all.twice === 0, 'golden: repeated')}), promises broken ${broken.length} (bar 0 ${bar(broken.length === 0, 'golden: promises')})`,
  );
  for (const one of broken) console.log(`  broken: ${one}`);
}

/** @param {Texts} texts */
async function weak(texts) {
  const { answers, good, goodKept, bad, badKept, dropped, examples } = noisy(texts, ['a', 'b', 'c', 'd', 'e']);
  console.log(`\nWeak model: ${answers} answers with ${good + bad} cards, ${bad} of them bad`);
  console.log(
    `  bad cards kept ${badKept} (bar 0 ${bar(badKept === 0, 'weak model: bad cards kept')}), good ones kept ${share(goodKept / good)} (bar 0.90 ${bar(goodKept / good >= 0.9, 'weak model: good cards kept')})`,
  );
  console.log(`  dropped: ${JSON.stringify(dropped)}`);
  for (const one of examples) console.log(`  kept: ${one}`);
  const product = await startProduct({ model: 'standin/noisy', seed: 'decks' });
  /** @type {string[]} */
  const broken = [];
  const sum = { kept: 0, wanted: 0, jobs: 0 };
  for (const text of texts.filter(({ least }) => least > 0)) {
    const { result } = await product.make(text.text, { types: ['basic', 'cloze', 'choice'], cards: 6 });
    broken.push(...breaches({ ...text, least: 0 }, result));
    add(sum, { kept: result.kept, wanted: 6, jobs: 1 });
  }
  console.log(
    `  whole jobs behind HTTP with up to two top-ups: ${sum.kept} of ${sum.wanted} cards wanted, promises broken ${broken.length} (bar 0 ${bar(broken.length === 0, 'weak model: promises')})`,
  );
  for (const one of broken) console.log(`  broken: ${one}`);
  const { values } = await product.metrics.cardsRead.get();
  const steps = values.map(({ labels: { step = '' }, value }) => `${step} ${value}`);
  console.log(`  read by step: ${steps.join(', ')}`);
  await product.close();
}

async function long() {
  const product = await startProduct({ model: 'standin/extractive', seed: 'decks' });
  console.log('\nLong texts');
  const rows = [];
  for (const { name, text, language, cards } of longTexts()) {
    const { result, ms } = await product.make(text, { cards });
    const tenthOf = (/** @type {number} */ start) => Math.floor((start / text.length) * 10);
    const tenths = Array.from(
      { length: 10 },
      (_none, i) => result.deck.cards.filter(({ start }) => tenthOf(start) === i).length,
    );
    const broken = breaches({ name, text, language, least: Math.ceil(cards * 0.9) }, result);
    const even = Math.min(...tenths) >= (cards / 10) * 0.5;
    rows.push([
      name,
      text.length,
      `${result.kept}/${cards}`,
      tenths.join(' '),
      bar(even, `${name}: a tenth of the text has half its share of cards at least`),
      bar(broken.length === 0, `${name}: ${broken[0]}`),
      ms.toFixed(0),
    ]);
  }
  table(['text', 'chars', 'cards', 'by tenth of the text', 'spread', 'promises', 'ms'], rows);
  await product.close();
}

const texts = [...textsIn('golden-en.txt', 'en'), ...textsIn('golden-zh.txt', 'zh-Hans')];
labels('Labelled cards', 'candidates.jsonl');
labels('Holdout: labelled before the gate was tuned, and not used for it', 'holdout.jsonl');
await golden(texts);
await weak(texts);
await long();
console.log(missed.length === 0 ? '\nAll bars are met.' : `\nMissed: ${missed.join('; ')}`);
process.exitCode = missed.length === 0 ? 0 : 1;
