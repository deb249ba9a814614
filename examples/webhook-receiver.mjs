// Receives webhooks: checks that the service sent them, answers at once, and fetches the deck of each completed job.
// node examples/webhook-receiver.mjs        WEBHOOK_SECRET (whsec_…), PORT, FLASHCARDS_URL, FLASHCARDS_API_KEY
import { createServer } from 'node:http';
import { Flashcards, WebhookVerificationError, verifyWebhook } from '@flashcards/client';

const secret = process.env.WEBHOOK_SECRET;
if (!secret) throw new Error('Set WEBHOOK_SECRET.');
const flashcards = new Flashcards({
  baseUrl: process.env.FLASHCARDS_URL ?? 'http://127.0.0.1:8000',
  apiKey: process.env.FLASHCARDS_API_KEY,
});
const MAX_BYTES = 65_536;
/** A message may come twice: its id says so. A real receiver keeps these in its database. */
const seen = new Set();

const server = createServer(async (request, response) => {
  try {
    const event = await verifyWebhook(await bodyOf(request), request.headers, secret);
    response.writeHead(204).end();
    const id = String(request.headers['webhook-id']);
    if (seen.has(id)) return;
    seen.add(id);
    await handle(event);
  } catch (error) {
    const forged = error instanceof WebhookVerificationError;
    console.error(String(error));
    if (!response.headersSent) response.writeHead(forged ? 400 : 500).end();
  }
});

/** @param {import('@flashcards/client').WebhookEvent} event */
async function handle({ type, data }) {
  if (type !== 'job.completed') return console.log(`${data.id} ${type}: ${data.error?.code ?? ''}`);
  const { title, cards } = await flashcards.deck(data.id);
  console.log(`${data.id} ${type}: ${title}, ${cards.length} cards`);
}

/**
 * The bytes as they came: the signature is over them, not over what a parser makes of them.
 * @param {AsyncIterable<Buffer>} request
 */
async function bodyOf(request) {
  const pieces = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) throw new WebhookVerificationError('The body is too large.');
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const port = Number(process.env.PORT ?? 4040);
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));
