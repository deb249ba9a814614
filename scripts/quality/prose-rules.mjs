// Which sentences of docs and doc comments have more words than a reader takes in at once, and which words are
// private: the field has its own for them (see "Words" in docs/architecture.md).
import { sentencesOf, wordsIn } from './sentences.mjs';

export const MAX_WORDS = 25;

/** Private word -> the field's. */
const PRIVATE_WORDS = {
  'bell|rung': 'channel, published',
  door: 'authenticator, boundary',
  room: 'folder, module',
  suspect: 'job in quarantine',
  ladder: 'fallback',
  anew: 'again',
  whoever: 'a client that …',
};

/** Pages that are lists of facts, or that say what was. */
const LEFT_OUT = /^(LICENSE|CHANGELOG)|^packages\/openrouter-standin\/src\/(extractive|fixtures|content)\//;

/** Whether the prose of a file is checked. @param {string} file */
export const isChecked = (file) =>
  (file.endsWith('.md') || /^((packages|services)\/[^/]+\/src|scripts|bench)\/.*\.(ts|tsx|mjs)$/.test(file)) &&
  !LEFT_OUT.test(file);

/** @param {string} file @returns {string[]} */
export function findingsIn(file) {
  const word = new RegExp(`\\b(${Object.keys(PRIVATE_WORDS).join('|')})s?\\b`, 'i');
  return sentencesOf(file).flatMap(({ line, text }) => {
    const words = wordsIn(text);
    const found = word.exec(text.replace(/`[^`]+`/g, ''));
    return [
      ...(words > MAX_WORDS
        ? [`${file}:${line} has a sentence of ${words} words (${MAX_WORDS} at most): ${text}`]
        : []),
      ...(found ? [`${file}:${line} says “${found[0]}”: ${text}`] : []),
    ];
  });
}
