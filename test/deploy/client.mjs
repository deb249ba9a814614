// A client of the deployment: through nginx, by TLS, believing the deployment's own certificate alone.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import { sleep } from './checks.mjs';

export const SERVER_NAME = 'flashcards.localhost';
export const OPEN = new Set(['queued', 'running']);

/** `also`: a certificate, as PEM, that is believed beside the deployment's present one. */
export function clientOf({ secrets, port, key, also = [] }) {
  const agent = new https.Agent({ keepAlive: true, maxSockets: 60, timeout: 90_000 });
  const ca = [readFileSync(`${secrets}/tls/fullchain.pem`), ...also];

  function request(method, path, { body, headers = {} } = {}) {
    const text = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const sent = https.request(
        { host: '127.0.0.1', port, servername: SERVER_NAME, ca, agent, method, path,
          headers: { Host: SERVER_NAME, ...(key ? { Authorization: `Bearer ${key}` } : {}), ...(text ? { 'Content-Type': 'application/json' } : {}), ...headers } }, // prettier-ignore
        (answer) => {
          let received = '';
          answer.setEncoding('utf8').on('data', (data) => (received += data));
          answer.on('error', reject);
          answer.on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, text: received, json: () => JSON.parse(received) })); // prettier-ignore
        },
      );
      sent.setTimeout(80_000, () => sent.destroy(new Error('no answer within 80 s')));
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** Repeats what an honest 503 refused, with the same key; everything else that is no 2xx is a failure. */
  async function insist(method, path, options, seen) {
    for (let i = 0; ; i += 1) {
      const answer = await request(method, path, options);
      const honest =
        answer.status === 503 && answer.headers['retry-after'] && /problem\+json/.test(answer.headers['content-type']);
      if (!honest || i === 60) return answer;
      seen.refused += 1;
      await sleep(500);
    }
  }

  // Three cards can be cut from it: a job that wants three asks the model once.
  const text = (n) =>
    `光合作用是指绿色植物利用光能把二氧化碳和水转化为有机物并释放出氧气的过程，它是一切生命的基础。叶绿体是植物细胞中进行光合作用的细胞器，里面的叶绿素吸收红光和蓝光而反射绿光，所以叶子是绿色的。线粒体则把有机物中的能量释放出来供细胞使用，这个过程叫做呼吸作用，白天和夜晚都在进行。第${n}课，编号${randomUUID()}。`;
  const submitOf = (n, extra = {}) => ({
    body: { text: text(n), options: { cards: 3 }, ...extra },
    headers: { 'Idempotency-Key': randomUUID(), 'Cache-Control': 'no-store' },
  });
  const newSeen = () => ({ refused: 0, failures: [], ids: [] });

  async function submit(n, seen, extra) {
    try {
      const answer = await insist('POST', '/v1/jobs', submitOf(n, extra), seen);
      if (answer.status !== 202 && answer.status !== 200)
        throw new Error(`${answer.status} ${answer.text.slice(0, 200)}`);
      seen.ids.push(answer.json().id);
    } catch (error) {
      seen.failures.push(`submit: ${error.message}`);
    }
  }

  /** Follows a job to its end, on whichever replica answers; the numbers of its events, and those of its cards. */
  async function follow(id) {
    const events = [];
    for (let tries = 0; tries < 60; tries += 1) {
      const headers = events.length > 0 ? { 'Last-Event-ID': String(events.at(-1).number) } : {};
      const { status, text: body = '' } = await request('GET', `/v1/jobs/${id}/events`, { headers }).catch(() => ({}));
      if (status === 204) return events;
      for (const [, number, type] of body.matchAll(/^id: ?(\d+)\nevent: ?(\w+)$/gm))
        events.push({ number: Number(number), type });
      if (events.at(-1)?.type === 'done') return events;
      await sleep(500);
    }
    throw new Error(`the stream of ${id} never ended`);
  }

  return {
    key,
    request,
    newSeen,
    submit,
    follow,
    /** `count` submits, at most `at` at once. */
    async submitMany(count, seen = newSeen(), { at = 20, extra } = {}) {
      let next = 0;
      const lane = async () => {
        while (next < count) await submit((next += 1), seen, extra);
      };
      await Promise.all(Array.from({ length: at }, lane));
      return seen;
    },
    /** Submits at a steady rate until `during` has ended. */
    async submitDuring(perSecond, during, { seen = newSeen(), extra } = {}) {
      const all = [];
      let [n, over] = [0, false];
      const done = Promise.resolve(during).finally(() => (over = true));
      // Seen at the end: until then it is nobody's.
      done.catch(() => undefined);
      const start = Date.now();
      while (!over) {
        all.push(submit((n += 1), seen, extra));
        await sleep(Math.max(0, start + (n * 1_000) / perSecond - Date.now()));
      }
      await Promise.all(all);
      await done;
      return seen;
    },
    /** Reads jobs until each has ended; what became of them. */
    async ends(seen, seconds) {
      const end = Date.now() + seconds * 1_000;
      const jobs = new Map();
      const open = [...seen.ids];
      const lane = async () => {
        for (let id = open.shift(); id; id = open.shift()) {
          const answer = await insist('GET', `/v1/jobs/${id}?wait=10`, {}, seen).catch((error) => ({
            status: 0,
            text: error.message,
          }));
          if (answer.status !== 200) {
            seen.failures.push(`read: ${answer.status} ${answer.text.slice(0, 200)}`);
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

export const percentile = (numbers, share) =>
  numbers.toSorted((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
