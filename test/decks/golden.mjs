// Texts written for this purpose, and what the product makes of them with the stand-in behind real HTTP.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startStandin } from '@flashcards/openrouter-standin';
import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import { clockReading } from '@flashcards/shared/store/redis-clock';
import { countInto } from '../../services/worker/dist/counts.js';
import { NoCards } from '../../services/worker/dist/decks/failures.js';
import { generate } from '../../services/worker/dist/decks/generate.js';
import { createWorkerMetrics } from '../../services/worker/dist/metrics.js';
import { createOpenRouter } from '../../services/worker/dist/model/openrouter/client.js';

/**
 * @typedef {object} Text
 * @property {string} name
 * @property {string} text
 * @property {string} language
 * @property {number} least cards that it must give
 * @property {string | undefined} [never] a word that no card may hold
 *
 * What is looked at of a job's result; one without cards has no language.
 * @typedef {object} Made
 * @property {{ cards: readonly import('@flashcards/shared/contract/deck').Card[], language: string | null }} deck
 * @property {number} kept
 * @property {number} generated
 * @property {Readonly<Record<string, number>>} dropped
 * @property {{ share: number }} coverage
 */

/**
 * The texts of a file: `=== name | kind | least N | never WORD`, then the text up to the next such line.
 * @param {string} file
 * @param {string} language
 */
export function textsIn(file, language) {
  const parts = readFileSync(join(import.meta.dirname, file), 'utf8')
    .split(/^=== /m)
    .slice(1);
  return parts.map((part) => {
    const end = part.indexOf('\n');
    const [name = '', kind = '', ...conditions] = part.slice(0, end).split(' | ');
    const condition = (/** @type {string} */ word) =>
      conditions.find((one) => one.startsWith(`${word} `))?.slice(word.length + 1);
    return {
      name,
      kind,
      language,
      least: Number(condition('least') ?? 0),
      never: condition('never'),
      text: part.slice(end + 1).trimEnd(),
    };
  });
}

/**
 * The worker's story, run on the stand-in.
 * @param {{ model: string, seed: string }} settings
 */
export async function startProduct({ model, seed }) {
  const standin = await startStandin({ seed });
  const openRouter = createOpenRouter({
    baseUrl: standin.url,
    apiKey: 'sk-or-v1-sim-decks',
    models: [model],
    timeouts: { connectMs: 5_000, headersMs: 30_000, contentGapMs: 30_000, totalMs: 60_000 },
    privacy: true,
  });
  const metrics = createWorkerMetrics('', () => 0);
  const none = { input_tokens: 0, output_tokens: 0, cost_usd: 0, final: true };
  let jobs = 0;
  return {
    metrics,
    /**
     * The result of one job; one without cards has `kept: 0`.
     * @param {string} text
     * @param {Partial<import('@flashcards/shared/contract/job').Options>} options
     * @returns {Promise<{ result: Made, ms: number }>}
     */
    async make(text, options = {}) {
      jobs += 1;
      /** @type {import('@flashcards/shared/store/jobs/take').Run} */
      const run = {
        id: `decks-${jobs}`,
        run: 1,
        attempts: 1,
        recoveries: 0,
        crashes: 0,
        tenant: 'decks',
        deadline: Date.now() + 60_000,
        clock: clockReading(Date.now()),
        cacheKey: '',
        epoch: 0,
        waitedMs: 0,
        spent: none,
        kept: [],
        draft: null,
        held: null,
        submit: { text, options: { ...DEFAULT_OPTIONS, ...options }, priority: 'standard', deadline_seconds: 60 },
      };
      const permit = () => Promise.resolve();
      const count = countInto(metrics);
      const tools = { model: openRouter, count, onCard: () => undefined, permit, tracing: undefined };
      const start = performance.now();
      try {
        const { result } = await generate(run, tools, new AbortController().signal);
        return { result, ms: performance.now() - start };
      } catch (error) {
        if (!(error instanceof NoCards)) throw error;
        const result = {
          deck: { cards: [], language: null },
          kept: 0,
          generated: 0,
          dropped: {},
          coverage: { share: 0, uncited: [] },
        };
        return { result, ms: performance.now() - start };
      }
    },
    async close() {
      openRouter.close();
      await standin.close();
    },
  };
}

/** @param {string} words */
const plain = (words) =>
  words
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}]+/gu, '');

/**
 * What must hold of any deck, whatever the model: the promises that it breaks.
 * @param {Text} text
 * @param {Made} made
 */
export function breaches({ text, language, least, never, name }, { deck, kept, coverage }) {
  const { cards } = deck;
  /** @type {string[]} */
  const found = [];
  /** @type {(holds: boolean, promise: string) => void} */
  const check = (holds, promise) => {
    if (!holds) found.push(`${name}: ${promise}`);
  };
  check(kept >= least, `${kept} cards, at least ${least} expected`);
  check(kept === 0 || deck.language === language, `language ${deck.language} for ${language}`);
  for (const card of cards) {
    check(
      text.slice(card.start, card.end) === card.quote && card.quote !== '',
      `quote is not the text's: ${card.front}`,
    );
    check(
      !never || !JSON.stringify([card.front, card.back, card.choices, card.quote]).includes(never),
      `holds ${never}: ${card.front}`,
    );
    check(
      card.type === 'cloze' || !plain(card.front).includes(plain(card.back)) || plain(card.back).length < 2,
      `reveals its answer: ${card.front}`,
    );
  }
  const wordings = cards.map(({ type, front, back }) => `${type} ${plain(front)} ${plain(back)}`);
  check(new Set(wordings).size === wordings.length, 'a card comes twice');
  check(coverage.share >= 0 && coverage.share <= 1, 'coverage out of range');
  return found;
}
