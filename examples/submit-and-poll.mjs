// Submits a text, asks for its job until it ended, and prints the cards. Plain fetch: no library is needed.
// node examples/submit-and-poll.mjs [FILE]        FLASHCARDS_URL, FLASHCARDS_API_KEY
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const base = process.env.FLASHCARDS_URL ?? 'http://127.0.0.1:8000';
const key = process.env.FLASHCARDS_API_KEY;
const headers = { 'Content-Type': 'application/json', ...(key ? { Authorization: `Bearer ${key}` } : {}) };
const text = process.argv[2]
  ? readFileSync(process.argv[2], 'utf8')
  : '叶绿体是植物细胞中进行光合作用的细胞器。叶绿素主要吸收红光和蓝紫光。';

// The same key again gives the same job: a submit whose answer was lost can be sent again without paying twice.
const submitted = await fetch(`${base}/v1/jobs`, {
  method: 'POST',
  headers: { ...headers, 'Idempotency-Key': randomUUID() },
  body: JSON.stringify({ text, options: { cards: 5 } }),
});
let job = await read(submitted);
while (!['completed', 'failed', 'canceled'].includes(job.status)) {
  // The server holds the answer until the job ended, or for 30 s: this loop seldom turns twice.
  job = await read(await fetch(`${base}${job.links.self}?wait=30`, { headers }));
}
if (job.status !== 'completed' || !job.result) {
  console.error(job.error ? `${job.error.code}: ${job.error.message}` : job.status);
  process.exit(1);
}
for (const { front, back, quote, start, end } of job.result.deck.cards) {
  console.log(`${front}\n  ${back}\n  “${quote}” (${start} to ${end})`);
}

async function read(/** @type {Response} */ response) {
  if (!response.ok) throw new Error(await response.text());
  return /** @type {import('@flashcards/client').Job} */ (await response.json());
}
