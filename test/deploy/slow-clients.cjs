// Opens many TLS connections to nginx and keeps each alive with a byte at a time: half in the headers, half in a body. One that is
// closed is opened again after five seconds: many slow connections, not many handshakes.
// node slow-clients.cjs HOST PORT NAME COUNT SECONDS
const tls = require('node:tls');

const [host, port, servername, count, seconds] = process.argv.slice(2);
const open = new Set();
let opened = 0;

function start(i) {
  const socket = tls.connect({ host, port: Number(port), servername, rejectUnauthorized: false });
  socket.on('secureConnect', () => {
    opened += 1;
    open.add(socket);
    socket.write(
      `POST /v1/jobs HTTP/1.1\r\nHost: ${servername}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n`,
    );
    if (i % 2 === 0) socket.write('\r\n{"text":"');
    else socket.write('X-Slow: ');
  });
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.on('close', () => {
    open.delete(socket);
    setTimeout(() => start(i), 5_000);
  });
}

for (let i = 0; i < Number(count); i += 1) setTimeout(() => start(i), i * 3);
setInterval(() => open.forEach((socket) => socket.write('a')), 1_000);
setInterval(() => console.log(`${open.size} open, ${opened} opened`), 1_000);
setTimeout(() => process.exit(0), Number(seconds) * 1_000);
