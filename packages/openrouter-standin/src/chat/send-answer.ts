import { contentText, resultJson, tokensOf } from './answer';
import type { Answer, Tokens } from './answer';
import { sendWhole, sever, startReply, wait } from '../http/call';
import type { Call } from '../http/call';
import type { Delivery } from './delivery';
import { COMMENT, streamPieces } from './stream-events';
import type { Piece } from './stream-events';

const SSE = 'text/event-stream';
const NO_CACHE = { 'Cache-Control': 'no-cache' };
/** The first bytes of a stream come after this share of its time. */
const FIRST_SHARE = 0.2;
const WRITES = { canned: 6, extractive: 24, noisy: 24 };

const promptTokens = (call: Call): number =>
  call.request.messages.reduce((sum, { content }) => sum + tokensOf(content), 0);

/** Sends the answer as the delivery says, and records its cost in the ledger. */
export function sendAnswer(call: Call, answer: Answer, delivery: Delivery): void {
  const tokens = { prompt: promptTokens(call), completion: tokensOf(contentText(answer.content)) };
  const free = answer.finishReason === 'error' || (tokens.completion === 0 && answer.finishReason === null);
  if (!free || call.sim.config.bill_on_error)
    call.sim.ledger.plan(call.entry, {
      promptTokens: tokens.prompt,
      completionTokens: tokens.completion,
      promptUsd: call.model.promptUsd,
      completionUsd: call.model.completionUsd,
      whenLost: delivery.whenLost,
      whenHungUp: delivery.whenHungUp,
    });
  if (call.request.stream)
    sendStream(call, streamPieces(call.entry.gen_id, call.model, answer, tokens, delivery), delivery);
  else void sendJson(call, answer, tokens, delivery);
}

async function sendJson(call: Call, answer: Answer, tokens: Tokens, delivery: Delivery): Promise<void> {
  if (delivery.padMs !== null) await padUntilReady(call, delivery.padMs, '\n', 'application/json');
  else if (call.latencyMs > 0 && !(await wait(call, call.latencyMs))) return;
  const json = JSON.stringify(resultJson(call.entry.gen_id, call.model, answer, tokens, delivery.usage));
  const body = delivery.rewrite ? delivery.rewrite(json) : json;
  const contentType = delivery.contentType ?? 'application/json';
  call.entry.tokens_sent = tokens.completion;
  if (isPlain(delivery)) return sendWhole(call, 200, contentType, body);
  await sendPieces(call, inBytes(body, delivery), delivery, contentType);
}

/** The delivery needs only one write. */
const isPlain = ({ ending, pieceBytes, pieceMs, cutBytes, cutHalf, padMs, stallMs }: Delivery): boolean =>
  ending === 'end' &&
  pieceBytes === null &&
  pieceMs === 0 &&
  cutBytes === null &&
  !cutHalf &&
  padMs === null &&
  stallMs === 0;

function sendStream(call: Call, pieces: readonly Piece[], delivery: Delivery): void {
  const contentType = delivery.contentType ?? SSE;
  if (delivery.rewrite || delivery.pieceBytes !== null || delivery.cutBytes !== null) {
    const text = pieces.map((piece) => piece.text).join('');
    void paced(call, inBytes(delivery.rewrite ? delivery.rewrite(text) : text, delivery), delivery, contentType);
  } else if (isPlain(delivery) && call.latencyMs === 0 && call.model.content === 'canned') {
    call.entry.tokens_sent = Math.ceil(pieces.reduce((sum, piece) => sum + piece.contentBytes, 0) / 4);
    call.entry.events_sent = pieces.length;
    sendWhole(call, 200, contentType, pieces.map((piece) => piece.text).join(''), NO_CACHE);
  } else {
    void paced(call, delivery.cutHalf ? pieces.slice(0, Math.ceil(pieces.length / 2)) : pieces, delivery, contentType);
  }
}

async function paced(call: Call, pieces: readonly BytePiece[], delivery: Delivery, contentType: string): Promise<void> {
  if (delivery.padMs !== null)
    await padUntilReady(call, delivery.padMs, COMMENT + delivery.lineEnd.repeat(2), contentType);
  await sendPieces(call, pieces, delivery, contentType);
}

/** Sends filler bytes until the latency is over. */
async function padUntilReady(call: Call, padMs: number, pad: string, contentType: string): Promise<void> {
  startReply(call, 200, contentType, contentType === SSE ? NO_CACHE : {});
  const until = Date.now() + call.latencyMs;
  while (Date.now() < until && (await wait(call, Math.min(padMs, until - Date.now())))) {
    call.res.write(pad);
    call.entry.bytes_sent += pad.length;
  }
}

interface BytePiece {
  readonly text: string | Buffer;
  readonly contentBytes: number;
}

function inBytes(body: string, { pieceBytes, cutBytes, cutHalf }: Delivery): BytePiece[] {
  const bytes = Buffer.from(body);
  const end = cutBytes ?? (cutHalf ? bytes.length >> 1 : bytes.length);
  const kept = bytes.subarray(0, end);
  const step = pieceBytes ?? Math.max(kept.length, 1);
  const pieces: BytePiece[] = [];
  for (let from = 0; from < kept.length; from += step) {
    const part = kept.subarray(from, from + step);
    pieces.push({ text: part, contentBytes: part.length >> 1 });
  }
  return pieces;
}

/** When each write is due, in ms after the call came, so that the last one is due at the latency. */
const dueMs = (latencyMs: number, index: number, writes: number): number =>
  writes === 1 ? latencyMs : latencyMs * (FIRST_SHARE + ((1 - FIRST_SHARE) * index) / (writes - 1));

/** Pieces grouped into as many writes as the latency is worth. */
function groups(call: Call, pieces: readonly BytePiece[], delivery: Delivery): (readonly BytePiece[])[] {
  if (delivery.pieceMs > 0 || delivery.pieceBytes !== null || call.latencyMs === 0)
    return pieces.map((piece) => [piece]);
  const size = Math.ceil(pieces.length / WRITES[call.model.content]);
  return Array.from({ length: Math.ceil(pieces.length / size) }, (_, i) => pieces.slice(i * size, (i + 1) * size));
}

async function sendPieces(
  call: Call,
  pieces: readonly BytePiece[],
  delivery: Delivery,
  contentType: string,
): Promise<void> {
  const writes = groups(call, pieces, delivery);
  const timed = call.request.stream && delivery.padMs === null && call.latencyMs > 0;
  if (writes.length === 0 && !call.res.headersSent) {
    startReply(call, 200, contentType);
    call.res.flushHeaders();
  }
  for (const [i, write] of writes.entries()) {
    const due = timed ? call.entry.received_at + dueMs(call.latencyMs, i, writes.length) - Date.now() : 0;
    const stall = i === writes.length >> 1 ? delivery.stallMs : 0;
    const ms = Math.max(due, 0) + (i > 0 ? delivery.pieceMs : 0) + stall;
    if (ms > 0 && !(await wait(call, ms))) return;
    if (!call.res.headersSent) startReply(call, 200, contentType, contentType === SSE ? NO_CACHE : {});
    if (!(await writePieces(call, write))) return;
  }
  end(call, delivery);
}

/** One write; waits for a slow reader. False: the client is gone. */
async function writePieces(call: Call, pieces: readonly BytePiece[]): Promise<boolean> {
  const bytes = Buffer.concat(pieces.map(({ text }) => (typeof text === 'string' ? Buffer.from(text) : text)));
  const { entry, res } = call;
  if (res.destroyed) return false;
  entry.bytes_sent += bytes.length;
  entry.events_sent += pieces.length;
  entry.tokens_sent += pieces.reduce((sum, piece) => sum + piece.contentBytes, 0) / 4;
  const flushed = res.write(bytes);
  // Yielding to the event loop between two writes lets a hang-up be noticed.
  await new Promise((resolve) => (flushed ? setImmediate(resolve) : res.once('drain', resolve).once('close', resolve)));
  return !res.destroyed;
}

function end(call: Call, { ending }: Delivery): void {
  call.entry.tokens_sent = Math.ceil(call.entry.tokens_sent);
  if (ending === 'end') call.res.end();
  // What was written must be sent before the reset, or the client would receive nothing.
  else if (ending === 'reset') setTimeout(() => sever(call), 20);
}
