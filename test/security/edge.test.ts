// What nginx alone decides, on the configuration that is deployed.
import { once } from 'node:events';
import { request } from 'node:http';
import { type ClientHttp2Session, connect as connectHttp2, constants } from 'node:http2';
import { type ConnectionOptions, type TLSSocket, connect } from 'node:tls';
import { eventually } from '../harness/eventually';
import { type Answered, Nginx, findNginx } from '../harness/servers/nginx';
import { Pair } from '../harness/stack/pair';

jest.setTimeout(90_000);
const binary = findNginx();
const behind = binary || process.env['CI'] ? describe : describe.skip; // CI has to have one
let pair: Pair;
let nginx: Nginx;
beforeAll(async () => {
  if (!binary) return;
  pair = await Pair.start({
    workers: 0,
    settings: { RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1, ALLOWED_HOSTS: 'flashcards.test' },
  });
  nginx = await Nginx.start(binary, pair.url, { AUTH: 'open' });
});
afterAll(async () => {
  await nginx?.stop();
  await pair?.close();
});

/** A handshake: the connection, or the code of what ended it. Old versions are offered for real. */
async function shake(options: ConnectionOptions): Promise<TLSSocket | string> {
  const common = { host: '127.0.0.1', port: nginx.port, servername: nginx.serverName, rejectUnauthorized: false };
  const socket = connect({ ...common, ciphers: 'ALL:@SECLEVEL=0', ...options });
  try {
    await once(socket, 'secureConnect');
    return socket;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}
/** What came of a handshake, in one word. */
async function outcome(options: ConnectionOptions): Promise<string> {
  const socket = await shake(options);
  if (typeof socket === 'string') return socket;
  const session = `${socket.getProtocol()} ${socket.getCipher().name}`;
  socket.destroy();
  return session;
}
const only = (version: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => ({ minVersion: version, maxVersion: version });

behind('nginx', () => {
  test('row 71: TLS 1.2 and 1.3 are spoken, and what is older is refused by the server', async () => {
    expect(await outcome(only('TLSv1'))).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    expect(await outcome(only('TLSv1.1'))).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
    expect(await outcome(only('TLSv1.2'))).toMatch(/^TLSv1\.2 /);
    expect(await outcome(only('TLSv1.3'))).toMatch(/^TLSv1\.3 TLS_/);
  });

  test.each(['ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-AES128-SHA'])(
    'row 73: %s is not spoken: only what is authenticated and forgets its keys',
    async (ciphers) => {
      const result = await outcome({ ...only('TLSv1.2'), ciphers: `${ciphers}:@SECLEVEL=0` });
      expect(result).toMatch(/HANDSHAKE_FAILURE/);
    },
  );

  test.each(['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305'])(
    'row 73: %s is spoken',
    async (ciphers) => expect(await outcome({ ...only('TLSv1.2'), ciphers })).toBe(`TLSv1.2 ${ciphers}`),
  );

  test('row 73: keys are agreed on over good curves alone, and no ticket outlives a connection', async () => {
    for (const ecdhCurve of ['X25519', 'prime256v1', 'secp384r1'])
      expect(await outcome({ ...only('TLSv1.3'), ecdhCurve })).toMatch(/^TLSv1\.3/);
    expect(await outcome({ ...only('TLSv1.3'), ecdhCurve: 'secp521r1' })).toMatch(/HANDSHAKE_FAILURE/);
    const socket = (await shake(only('TLSv1.2'))) as TLSSocket;
    expect(socket.getTLSTicket()).toBeUndefined();
    socket.destroy();
  });

  test('row 74: plain HTTP leads to HTTPS under the fixed name, whatever name was asked', async () => {
    const answer = await new Promise<Answered>((resolve, reject) => {
      const options = {
        host: '127.0.0.1',
        port: nginx.plainPort,
        path: '/v1/jobs?x=1',
        headers: { Host: 'evil.test' },
      };
      const sent = request(options, (got) => {
        got.resume();
        resolve({ status: got.statusCode ?? 0, headers: got.headers, text: '' });
      });
      sent.on('error', reject).end();
    });
    expect([answer.status, answer.headers.location]).toEqual([301, `https://${nginx.serverName}/v1/jobs?x=1`]);
  });

  test('row 74: another name gets no certificate, none gets none, and another host under the right one no answer', async () => {
    expect(await outcome({ servername: 'evil.test' })).toMatch(/UNRECOGNIZED_NAME/);
    expect(await outcome({ servername: '' })).toMatch(/UNRECOGNIZED_NAME/);
    expect((await nginx.request('GET', '/v1/queue', { Host: 'evil.test' })).status).toBe(421);
    expect((await nginx.request('GET', '/v1/queue')).status).toBe(200);
  });

  test.each(['', ':8443'])('row 94: behind nginx a page is one of its origin, at port %j too', async (port) => {
    const post = (origin: string) =>
      nginx.request('POST', '/v1/jobs/no-such-job/cancel', { Host: `${nginx.serverName}${port}`, Origin: origin });
    expect((await post(`https://${nginx.serverName}${port}`)).status).toBe(404);
    expect((await post(`https://${nginx.serverName}:9443`)).status).toBe(403);
    expect((await post('https://evil.test')).status).toBe(403);
  });

  test('row 75: over HTTP/2 a client has 64 streams at once, and resetting them without end loses it the connection', async () => {
    const session = connectHttp2(`https://127.0.0.1:${nginx.port}`, { servername: nginx.serverName, rejectUnauthorized: false }); // prettier-ignore
    session.on('error', () => undefined);
    await once(session, 'remoteSettings');
    expect(session.remoteSettings.maxConcurrentStreams).toBe(64);
    await resetWithoutEnd(session, 3_000);
    await eventually(() => expect(session.closed || session.destroyed).toBe(true));
    // What was asked before each reset is still worked off.
    await eventually(async () => expect((await nginx.request('GET', '/v1/queue')).status).toBe(200));
  });

  test('row 31: bodies that never end hold no more than their address may, nothing of the API, and nobody else up', async () => {
    const { port, serverName: servername } = nginx;
    const statuses: number[] = [];
    const head = `POST /v1/jobs HTTP/1.1\r\nHost: ${servername}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n`;
    const sockets = Array.from({ length: 60 }, () => {
      const socket = connect({ host: '127.0.0.1', port, servername, rejectUnauthorized: false });
      socket.on('data', (data: Buffer) => statuses.push(Number(/HTTP\/1\.1 (\d{3})/.exec(data.toString())?.[1])));
      socket.on('error', () => undefined).write(head);
      return socket;
    });
    const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write('a')), 100);
    try {
      await eventually(() => expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(40));
      expect(statuses.filter((status) => status !== 429)).toEqual([]);
      for (let i = 0; i < 50; i += 1) expect((await nginx.request('GET', '/v1/queue', {}, '', '127.0.0.2')).status).toBe(200); // prettier-ignore
      const metrics = await (await fetch(`${pair.apis[0]?.opsUrl}/metrics`)).text();
      expect(metrics).toMatch(/^flashcards_http_active_requests(\{[^}]*\})? 0$/m);
    } finally {
      clearInterval(drip);
      sockets.forEach((socket) => socket.destroy());
    }
  });
});

/** Asks and hangs up, again and again, until the server has had enough. */
async function resetWithoutEnd(session: ClientHttp2Session, max: number): Promise<void> {
  for (let i = 0; i < max && !session.closed && !session.destroyed; i += 1) {
    const stream = session.request({ ':path': '/v1/queue', ':authority': nginx.serverName });
    stream.on('error', () => undefined);
    stream.close(constants.NGHTTP2_CANCEL);
    if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
