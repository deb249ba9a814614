// Submits a text and prints each card as soon as it is kept, while the model still writes.
// node examples/follow.mjs [FILE]        FLASHCARDS_URL, FLASHCARDS_API_KEY
import { readFileSync } from 'node:fs';
import { Flashcards } from '@flashcards/client';

const flashcards = new Flashcards({
  baseUrl: process.env.FLASHCARDS_URL ?? 'http://127.0.0.1:8000',
  apiKey: process.env.FLASHCARDS_API_KEY,
});
const text = process.argv[2]
  ? readFileSync(process.argv[2], 'utf8')
  : 'Chlorophyll is the pigment that absorbs light. A stoma is a pore that lets gases in and out of a leaf.';

const job = await flashcards.submit({ text, options: { cards: 5 } });
for await (const event of flashcards.stream(job.id)) {
  if (event.type === 'status') console.error(`(${event.data.status})`);
  if (event.type === 'card') console.log(`${event.data.front}\n  ${event.data.back}`);
  if (event.type === 'done') console.error(`(${event.data.status})`);
}
