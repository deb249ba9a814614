// Holds many TLS connections to nginx open, each alive with a byte every second. Half are in their headers, which nginx
// ends after ten seconds. Half are in a body that never ends, small enough to be read without a key. One that is closed
// is opened again. Says once a second how many are open.
// node slow-clients.cjs HOST PORT NAME COUNT SECONDS
const tls = require('node:tls');

const [host = '', port, servername = '', count, seconds] = process.argv.slice(2);
const BYTE_MS = 1_000;
const AGAIN_MILLISECONDS = 1_000;
/** @type {Set<import('node:tls').TLSSocket>} */
const open = new Set();

/** @param {number} i */
function start(i) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const socket = tls.connect({ host, port: Number(port), servername, rejectUnauthorized: false });
  socket.on('secureConnect', () => {
    open.add(socket);
    timer = setInterval(() => socket.write('a'), BYTE_MS);
    socket.write(
      `POST /v1/jobs HTTP/1.1\r\nHost: ${servername}\r\nContent-Type: application/json\r\nContent-Length: 10000\r\n`,
    );
    socket.write(i % 2 === 0 ? '\r\n{"text":"' : 'X-Slow: ');
  });
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.on('close', () => {
    open.delete(socket);
    clearInterval(timer);
    setTimeout(() => start(i), AGAIN_MILLISECONDS);
  });
}

for (let i = 0; i < Number(count); i += 1) setTimeout(() => start(i), (i * 5_000) / Number(count));
setInterval(() => console.log(`${open.size} open`), 1_000);
setTimeout(() => process.exit(0), Number(seconds) * 1_000);
