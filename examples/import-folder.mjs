// Makes a deck of every text in a folder, a few at once, and writes DECKS/NAME.EXTENSION. Run it again after a crash or
// a Ctrl-C: what is written already is left alone, and a text that was sent already is not paid again.
// node examples/import-folder.mjs NOTES DECKS [FORMAT]        FLASHCARDS_URL, FLASHCARDS_API_KEY
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { FORMATS, FORMAT_DETAILS, Flashcards } from '@flashcards/client';

const [notes, decks, named = 'apkg'] = process.argv.slice(2);
const format = FORMATS.find((each) => each === named);
if (!notes || !decks || !format) {
  throw new Error(`usage: node examples/import-folder.mjs NOTES DECKS [${FORMATS.join('|')}]`);
}
const AT_ONCE = 4;

const flashcards = new Flashcards({
  baseUrl: process.env.FLASHCARDS_URL ?? 'http://127.0.0.1:8000',
  apiKey: process.env.FLASHCARDS_API_KEY,
  // A limit on submits is waited out.
  retries: 10,
});
mkdirSync(decks, { recursive: true });
const waiting = readdirSync(notes)
  .filter((name) => /\.(txt|md)$/.test(name))
  .sort();
/** @type {string[]} */
const failed = [];

const importOne = async (/** @type {string} */ name) => {
  const to = join(decks, `${parse(name).name}.${FORMAT_DETAILS[format].extension}`);
  if (existsSync(to)) return console.log(`${name}: is there already`);
  const text = readFileSync(join(notes, name), 'utf8');
  // The key follows from the text: the same text gives the same job for a day.
  const idempotencyKey = createHash('sha256').update(`${name}\n${text}`).digest('hex');
  const job = await flashcards.make({ text, priority: 'bulk', metadata: { file: name } }, { idempotencyKey });
  if (job.status !== 'completed') throw new Error(job.error?.message ?? job.status);
  const { bytes } = await flashcards.cards(job.id, format);
  // A name of its own: the longest that a file may have leaves no room behind it.
  const half = join(decks, `.${job.id}.part`);
  writeFileSync(half, bytes);
  renameSync(half, to);
  console.log(`${name}: ${job.progress.cards} cards`);
};

const work = async () => {
  for (let name = waiting.shift(); name; name = waiting.shift()) {
    try {
      await importOne(name);
    } catch (error) {
      failed.push(name);
      console.error(`${name}: ${String(error)}`);
    }
  }
};

await Promise.all(Array.from({ length: AT_ONCE }, work));
if (failed.length > 0) {
  console.error(`${failed.length} without a deck: ${failed.join(', ')}`);
  process.exitCode = 1;
}
