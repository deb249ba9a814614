// A client of the deployment: through nginx, by TLS, believing the deployment's own certificate alone.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../scripts/errors.mjs';

export const SERVER_NAME = 'flashcards.localhost';
/** A stream that missed a message reads again every 15 s. */
const STREAM_LATE_MS = 60_000;
export const OPEN = new Set(['queued', 'running']);

/**
 * What is read of an answer's body, be it a job, a problem, the queue's state or the health.
 * @typedef {object} Body
 * @property {string} id
 * @property {string} status
 * @property {string} code
 * @property {string} finished_at
 * @property {unknown} error
 * @property {unknown} queue
 * @property {number} workers
 *
 * @typedef {object} Answer
 * @property {number} status
 * @property {import('node:http').IncomingHttpHeaders} headers
 * @property {string} text
 * @property {() => Body} json
 *
 * What clients saw: ids of jobs, honest refusals, and failures.
 * @typedef {{ refused: number, failures: string[], ids: string[] }} Outcomes
 *
 * @typedef {{ number: number, type: string }} Event
 * @typedef {{ body?: unknown, headers?: Record<string, string> }} Request
 * @typedef {ReturnType<typeof clientOf>} Client
 */

/** @type {() => Outcomes} */
const newOutcomes = () => ({ refused: 0, failures: [], ids: [] });

/**
 * `also`: a certificate, as PEM, that is believed beside the deployment's present one.
 * @param {{ secrets: string, port: number, key?: string | undefined, also?: (string | Buffer)[] | undefined }} options
 */
export function clientOf({ secrets, port, key, also = [] }) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 60, timeout: 90_000 });
  const ca = [readFileSync(`${secrets}/tls/fullchain.pem`), ...also];

  /**
   * @param {string} method
   * @param {string} path
   * @param {Request} options
   * @returns {Promise<Answer>}
   */
  function request(method, path, { body, headers = {} } = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = https.request(
        { host: '127.0.0.1', port, servername: SERVER_NAME, ca, agent, method, path,
          headers: { Host: SERVER_NAME, ...(key ? { Authorization: `Bearer ${key}` } : {}), ...(text ? { 'Content-Type': 'application/json' } : {}), ...headers } }, // prettier-ignore
        (answer) => {
          let received = '';
          answer.setEncoding('utf8').on('data', (data) => (received += String(data)));
          answer.on('error', reject);
          answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: received, json: () => /** @type {Body} */ (JSON.parse(received)) })); // prettier-ignore
        },
      );
      sent.setTimeout(80_000, () => sent.destroy(new Error('no answer within 80 s')));
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /**
   * Repeats what an honest 503 refused, with the same key; everything else that is no 2xx is a failure.
   * @param {string} method
   * @param {string} path
   * @param {Request} options
   * @param {Outcomes} outcomes
   */
  async function insist(method, path, options, outcomes) {
    for (let i = 0; ; i += 1) {
      const answer = await request(method, path, options);
      const honest =
        answer.status === 503 &&
        answer.headers['retry-after'] &&
        /problem\+json/.test(answer.headers['content-type'] ?? '');
      if (!honest || i === 60) return answer;
      outcomes.refused += 1;
      await sleep(500);
    }
  }

  // Three cards can be cut from it: a job that wants three asks the model once.
  const text = (/** @type {number} */ n) =>
    `光合作用是指绿色植物利用光能把二氧化碳和水转化为有机物并释放出氧气的过程，它是一切生命的基础。叶绿体是植物细胞中进行光合作用的细胞器，里面的叶绿素吸收红光和蓝光而反射绿光，所以叶子是绿色的。线粒体则把有机物中的能量释放出来供细胞使用，这个过程叫做呼吸作用，白天和夜晚都在进行。第${n}课，编号${randomUUID()}。`;
  /**
   * @param {number} n
   * @param {object} extra
   */
  const submitOf = (n, extra = {}) => ({
    body: { text: text(n), options: { cards: 3 }, ...extra },
    headers: { 'Idempotency-Key': randomUUID(), 'Cache-Control': 'no-store' },
  });
  /**
   * @param {number} n
   * @param {Outcomes} outcomes
   * @param {object} [extra] more fields of the body
   */
  async function submit(n, outcomes, extra) {
    try {
      const answer = await insist('POST', '/v1/jobs', submitOf(n, extra), outcomes);
      if (answer.status !== 202 && answer.status !== 200)
        throw new Error(`${answer.status} ${answer.text.slice(0, 200)}`);
      outcomes.ids.push(answer.json().id);
    } catch (error) {
      outcomes.failures.push(`submit: ${messageOf(error)}`);
    }
  }

  /**
   * Says `open` once a job has ended for so long that its stream should have, too.
   * @param {string} id
   * @param {AbortSignal} signal
   * @returns {Promise<'open'>}
   */
  async function endedWhileOpen(id, signal) {
    for (;;) {
      await sleep(STREAM_LATE_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) break;
      const answer = await request('GET', `/v1/jobs/${id}`).catch(() => undefined);
      const finished = answer?.status === 200 ? answer.json().finished_at : undefined;
      if (finished && Date.now() - Date.parse(finished) > STREAM_LATE_MS) break;
    }
    return 'open';
  }

  /**
   * Follows a job to its end, on whichever replica answers; its events, by their numbers.
   * @param {string} id
   */
  async function follow(id) {
    /** @type {Event[]} */
    const events = [];
    for (let tries = 0; tries < 60; tries += 1) {
      const last = events.at(-1);
      /** @type {Record<string, string>} */
      const headers = last ? { 'Last-Event-ID': String(last.number) } : {};
      const stream = request('GET', `/v1/jobs/${id}/events`, { headers }).catch(() => undefined);
      const watch = new AbortController();
      const answer = await Promise.race([stream, endedWhileOpen(id, watch.signal)]);
      watch.abort();
      if (answer === 'open') throw new Error(`the stream of ${id} is open ${STREAM_LATE_MS / 1_000} s after its end`);
      const { status, text: body } = answer ?? { status: 0, text: '' };
      if (status === 204) return events;
      for (const [, number, type = ''] of body.matchAll(/^id: ?(\d+)\nevent: ?(\w+)$/gm))
        events.push({ number: Number(number), type });
      if (events.at(-1)?.type === 'done') return events;
      await sleep(500);
    }
    throw new Error(`the stream of ${id} never ended`);
  }

  return {
    key,
    request,
    newOutcomes,
    submit,
    follow,
    /**
     * `count` submits, at most `at` at once.
     * @param {number} count
     * @param {Outcomes} outcomes
     * @param {{ at?: number, extra?: object }} options
     */
    async submitMany(count, outcomes = newOutcomes(), { at = 20, extra } = {}) {
      let next = 0;
      const lane = async () => {
        while (next < count) await submit((next += 1), outcomes, extra);
      };
      await Promise.all(Array.from({ length: at }, lane));
      return outcomes;
    },
    /**
     * Submits at a steady rate until `during` has ended.
     * @param {number} perSecond
     * @param {Promise<unknown>} during
     * @param {{ outcomes?: Outcomes, extra?: object }} options
     */
    async submitDuring(perSecond, during, { outcomes = newOutcomes(), extra } = {}) {
      /** @type {Promise<void>[]} */
      const all = [];
      let [n, over] = [0, false];
      const done = Promise.resolve(during).finally(() => (over = true));
      // Seen at the end: until then it is nobody's.
      done.catch(() => undefined);
      const start = Date.now();
      while (!over) {
        all.push(submit((n += 1), outcomes, extra));
        await sleep(Math.max(0, start + (n * 1_000) / perSecond - Date.now()));
      }
      await Promise.all(all);
      await done;
      return outcomes;
    },
    /**
     * Reads jobs until each has ended; what became of them.
     * @param {Outcomes} outcomes
     * @param {number} seconds
     */
    async ends(outcomes, seconds) {
      const end = Date.now() + seconds * 1_000;
      /** @type {Map<string, Body>} */
      const jobs = new Map();
      const open = [...outcomes.ids];
      const lane = async () => {
        for (let id = open.shift(); id; id = open.shift()) {
          const answer = await insist('GET', `/v1/jobs/${id}?wait=10`, {}, outcomes).catch(messageOf);
          if (typeof answer === 'string' || answer.status !== 200) {
            const [status, text] = typeof answer === 'string' ? [0, answer] : [answer.status, answer.text];
            outcomes.failures.push(`read: ${status} ${text.slice(0, 200)}`);
            continue;
          }
          const job = answer.json();
          jobs.set(id, job);
          if (OPEN.has(job.status) && Date.now() < end) {
            open.push(id);
          }
        }
      };
      await Promise.all(Array.from({ length: 10 }, lane));
      return [...jobs.values()];
    },
    close: () => agent.destroy(),
  };
}

/**
 * @param {number[]} numbers
 * @param {number} share
 */
export const percentile = (numbers, share) =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? NaN;
