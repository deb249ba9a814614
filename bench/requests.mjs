// A load generator that costs little: keep-alive sockets, requests as ready-made bytes, answers cut by Content-Length.
import { connect } from 'node:net';

/**
 * @typedef {object} Load
 * @property {string} url
 * @property {number} connections
 * @property {number} count
 * @property {(i: number) => string} make the bytes of a request
 * @property {(i: number, status: number, body: Buffer) => void} [seen] each answer
 */

/**
 * Sends `count` requests over `connections` sockets.
 * @param {Load} load
 */
export function hammer({ url, connections, count, make, seen = () => undefined }) {
  const { hostname, port } = new URL(url);
  const latencies = new Float64Array(count);
  let next = 0;
  /** @type {() => Promise<void>} */
  const one = () =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.setNoDelay(true);
      let current = -1;
      let sentAt = 0;
      let held = Buffer.alloc(0);
      const send = () => {
        if (next >= count) {
          socket.end();
          return resolve();
        }
        current = next++;
        sentAt = performance.now();
        socket.write(make(current));
      };
      socket.on('connect', send);
      socket.on('error', reject);
      socket.on('data', (data) => {
        held = held.length ? Buffer.concat([held, data]) : data;
        const answer = cut(held);
        if (!answer) return;
        held = held.subarray(answer.length);
        latencies[current] = performance.now() - sentAt;
        seen(current, answer.status, answer.body);
        send();
      });
    });
  const start = performance.now();
  return Promise.all(Array.from({ length: Math.min(connections, count) }, one)).then(() => ({
    seconds: (performance.now() - start) / 1_000,
    latencies: latencies.sort(),
  }));
}

/**
 * The first answer that is whole, with its length.
 * @param {Buffer} bytes
 */
function cut(bytes) {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = bytes.toString('latin1', 0, end);
  const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
  if (bytes.length < end + 4 + length) return null;
  return {
    status: Number(head.slice(9, 12)),
    body: bytes.subarray(end + 4, end + 4 + length),
    length: end + 4 + length,
  };
}

/**
 * @param {string} path
 * @param {unknown} body
 * @param {Record<string, string>} headers
 */
export function post(path, body, headers = {}) {
  const text = JSON.stringify(body);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${lines.join('')}Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}

/** @param {string} path */
export const get = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
/**
 * @param {number[] | Float64Array} sorted
 * @param {number} share
 */
export const percentile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
/** @param {number[]} values */
export const median = (values) =>
  percentile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
