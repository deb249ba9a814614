// A client in a process of its own, so that an attacker's work in the test is not in what it measures. It submits a text,
// follows the job to its end and reads it, so many times a second. Its parent says for how many seconds.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * @typedef {object} Client
 * @property {string} url
 * @property {string} servername of the certificate, where it is https
 * @property {string} key
 * @property {string} address of its own
 * @property {number} perSecond
 *
 * @typedef {'submit' | 'stream' | 'deck' | 'read'} Kind
 * @typedef {{ samples: Record<Kind, number[]>, errors: string[] }} Figures milliseconds, and what went wrong
 */

const client = /** @type {Client} */ (JSON.parse(process.argv[2] ?? ''));
const isSecure = client.url.startsWith('https:');
const { Agent, request } = isSecure ? https : http;
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const GIVE_UP_MS = 30_000;
const { hostname, port } = new URL(client.url);
const TO = {
  hostname,
  port,
  agent,
  localAddress: client.address,
  servername: client.servername,
  rejectUnauthorized: false,
};

const TEXT = `Basalt is a dark volcanic rock that forms when lava cools quickly at the surface of the Earth. Granite is a
light rock that forms when magma cools slowly far below the ground. Marble is a hard rock that is made of limestone under
great heat and pressure. Slate is a grey rock that splits into thin plates and covers many old roofs.`;

/**
 * An answer, with its body as it comes.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<import('node:http').IncomingMessage>}
 */
const ask = (method, path, body) =>
  new Promise((resolve, reject) => {
    const headers = {
      Authorization: `Bearer ${client.key}`,
      ...(client.servername ? { Host: client.servername } : {}),
      ...(body ? { 'Content-Type': 'application/json' } : {}),
    };
    const sent = request({ ...TO, method, path, headers }, resolve);
    sent.setTimeout(GIVE_UP_MS, () => sent.destroy(new Error('no answer in 30 s')));
    sent.on('error', reject).end(body ? JSON.stringify(body) : undefined);
  });

/** @param {import('node:http').IncomingMessage} answer */
async function textOf(answer) {
  let text = '';
  answer.setEncoding('utf8');
  for await (const piece of answer) text += piece;
  return text;
}

/**
 * The same for each refusal of a kind: its status and code, or how a job ended.
 * @param {import('node:http').IncomingMessage} answer
 * @param {string} text
 */
const refusalIn = ({ statusCode }, text) =>
  `${statusCode} ${/"code":"\w+"/.exec(text)?.[0] ?? /"status":"\w+"/g.exec(text)?.[0] ?? 'without an end'}`;

/**
 * Submits, follows and reads one job, and adds to the figures.
 * @param {Figures} figures
 */
async function cycle({ samples, errors }) {
  /** @type {Kind} */
  let kind = 'submit';
  const start = performance.now();
  try {
    const submitted = await ask('POST', '/v1/jobs', { text: `${TEXT} Note ${randomUUID()}.`, options: { cards: 3 } });
    const body = await textOf(submitted);
    if (submitted.statusCode !== 202) throw new Error(refusalIn(submitted, body));
    const { id } = /** @type {{ id: string }} */ (JSON.parse(body));
    const accepted = performance.now();
    samples.submit.push(accepted - start);
    kind = 'stream';
    const stream = await ask('GET', `/v1/jobs/${id}/events`);
    let events = '';
    stream.setEncoding('utf8');
    for await (const piece of stream) {
      if (events === '') samples.stream.push(performance.now() - accepted);
      events += piece;
    }
    if (!events.includes('"status":"completed"')) throw new Error(refusalIn(stream, events));
    samples.deck.push(performance.now() - start);
    kind = 'read';
    const asked = performance.now();
    const read = await ask('GET', `/v1/jobs/${id}`);
    const job = await textOf(read);
    if (read.statusCode !== 200 || !job.includes('"status":"completed"')) throw new Error(refusalIn(read, job));
    samples.read.push(performance.now() - asked);
  } catch (error) {
    errors.push(`${kind}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** @param {number} seconds @returns {Promise<Figures>} */
async function measure(seconds) {
  /** @type {Figures} */
  const figures = { samples: { submit: [], stream: [], deck: [], read: [] }, errors: [] };
  const end = performance.now() + seconds * 1_000;
  const open = [];
  for (let at = performance.now(); at < end; at += 1_000 / client.perSecond) {
    if (at > performance.now()) await sleep(at - performance.now());
    open.push(cycle(figures));
  }
  await Promise.all(open);
  return figures;
}

process.on('message', (/** @type {{ seconds: number }} */ { seconds }) => {
  void measure(seconds).then((figures) => process.send?.(figures));
});
process.once('disconnect', () => process.exit());
