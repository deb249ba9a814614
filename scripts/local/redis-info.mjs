// The few words of Redis's protocol that the scripts need before anything is installed: sign in, INFO, PING.
import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { codeOf } from '../errors.mjs';

/**
 * What the server at a URL says of itself. Rejects with the server's or the network's reason.
 * @param {string} url
 * @returns {Promise<{ version: string, pid: number }>}
 */
export function redisInfo(url, ms = 3_000) {
  const target = new URL(url);
  return new Promise((done, failed) => {
    const socket = open(target);
    const fail = (/** @type {string} */ why) => (socket.destroy(), failed(new Error(why)));
    let text = '';
    // Not the socket's own timer: that one starts again with every byte.
    const timer = setTimeout(() => fail(`no answer within ${ms / 1_000} s`), ms);
    socket.once('error', (/** @type {Error} */ error) => fail(error.message || String(codeOf(error))));
    socket.once('close', () => (clearTimeout(timer), fail('the connection was closed')));
    socket.setEncoding('latin1').on('data', (/** @type {string} */ data) => {
      text += data;
      const refusal = /^-(.*)\r\n/m.exec(text);
      if (refusal) fail(refusal[1] ?? '');
      if (!text.includes('+PONG\r\n')) return;
      done(read(text));
      socket.destroy();
    });
    socket.write([...signIn(target), ['INFO', 'server'], ['PING']].map(encoded).join(''));
  });
}

/** @param {URL} target */
function open({ protocol, hostname, port }) {
  const host = hostname.replace(/^\[|\]$/g, '');
  const address = { host, port: Number(port || 6379) };
  return protocol === 'rediss:' ? connectTls({ ...address, servername: isIP(host) ? '' : host }) : connect(address);
}

/** @param {URL} target */
function signIn({ username, password }) {
  return password ? [['AUTH', ...[username, password].filter(Boolean).map(decodeURIComponent)]] : [];
}

/** @param {string[]} words */
const encoded = (words) =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;

/** @param {string} text */
const read = (text) => ({
  version: /^redis_version:([\d.]+)/m.exec(text)?.[1] ?? '',
  pid: Number(/^process_id:(\d+)/m.exec(text)?.[1]),
});
