import { parseOrigins } from './origins';
import { ANY_HOST as ANY, hostsOf, namedHosts, refusalOf } from './request-guard';

const LOOPBACK = namedHosts('');
const ALLOWED = namedHosts('Cards.Example, [FD00::1],other.example');
const get = (host: string | undefined) => ({ method: 'GET', headers: { host } });

test.each([
  'localhost', 'localhost:8000', 'LOCALHOST:8000', 'cards.localhost', 'a.b.localhost:80',
  '127.0.0.1', '127.0.0.1:9100', '127.255.3.4', '[::1]', '[::1]:9100',
])('%s is this machine, whatever the port', (host) => {
  expect(refusalOf(get(host), LOOPBACK)).toBeUndefined();
}); // prettier-ignore

test.each([
  'evil.example', 'evil.example:8000', 'localhost.evil.example', 'evillocalhost', 'localhost.', 'localhost:8000:1', 'localhost:x',
  '127.0.0.1.evil.example', '127.0.0.1@evil.example', 'a@localhost', '128.0.0.1', '0.0.0.0', '10.0.0.1', '2130706433', '127.1',
  '[::]', '[::2]', '[::ffff:127.0.0.1]', '::1', 'localhost/x', ' localhost', '', 'a'.repeat(16_000),
])('%j is another host, and the refusal names it', (host) => {
  const refusal = refusalOf(get(host), LOOPBACK);
  expect(refusal).toMatchObject({ status: 421, code: 'misdirected' });
  expect(refusal?.detail).toContain(host.slice(0, 100));
  expect(refusal?.detail.length).toBeLessThan(250);
  expect(refusalOf(get(host), ANY)).toBeUndefined();
}); // prettier-ignore

test('a trial that listens for a network takes addresses, loopback and allowed names, and no other name', () => {
  const trial = hostsOf('0.0.0.0', 'cards.example', true);
  for (const host of ['172.18.0.5:9100', '[fd00::5]:9100', '10.0.0.1', 'localhost:9100', 'cards.example'])
    expect(refusalOf(get(host), trial)).toBeUndefined();
  for (const host of ['evil.example:9100', '2130706433', '10.0.0.1.evil.example', '', undefined])
    expect(refusalOf(get(host), trial)).toMatchObject({ status: 421 });
  expect(refusalOf(get('10.0.0.1'), hostsOf('127.0.0.1', '', true))).toMatchObject({ status: 421 });
});

test('a request without a host is refused where hosts are named, and taken where they are not', () => {
  expect(refusalOf(get(undefined), LOOPBACK)?.detail).toMatch(/^Host is missing\. .*ALLOWED_HOSTS/);
  expect(refusalOf(get(undefined), ANY)).toBeUndefined();
});

test.each(['cards.example', 'CARDS.example:8000', '[fd00::1]:9100', 'other.example', 'localhost'])(
  '%s is let in beside those of this machine where it is allowed',
  (host) => {
    expect(refusalOf(get(host), ALLOWED)).toBeUndefined();
  },
);

test.each([
  ['127.0.0.1', 'named'],
  ['127.8.8.8', 'named'],
  ['::1', 'named'],
  ['localhost', 'named'],
  ['0.0.0.0', 'any'],
  ['::', 'any'],
  ['10.0.0.5', 'any'],
])('a port on %s answers to %s hosts', (address, kind) => {
  expect(hostsOf(address, 'cards.example').kind).toBe(kind);
});

const HOST = 'cards.example:8443';
const OWN = 'https://cards.example:8443';
/** Sec-Fetch-Site, Origin, Host -> whether a request with an effect is let in. */
const PAGES: readonly (readonly [
  site: string | undefined,
  origin: string | undefined,
  host: string | undefined,
  isLetIn: boolean,
])[] = [
  // No browser.
  [undefined, undefined, HOST, true],
  [undefined, undefined, undefined, true],
  // What a browser says of itself decides.
  ['same-origin', OWN, HOST, true],
  ['same-origin', OWN, 'rewritten.example', true],
  ['none', undefined, HOST, true],
  ['same-site', 'https://a.cards.example', HOST, false],
  ['cross-site', 'https://evil.example', HOST, false],
  ['cross-site', OWN, HOST, false],
  ['cross-site', undefined, HOST, false],
  ['same-origin, cross-site', OWN, HOST, false],
  ['', OWN, HOST, false],
  // An older one, or a page that came without TLS.
  [undefined, OWN, HOST, true],
  [undefined, 'HTTPS://Cards.Example:8443', 'CARDS.example:8443', true],
  [undefined, 'https://cards.example', 'cards.example', true],
  [undefined, 'https://cards.example', 'cards.example:443', true],
  [undefined, 'https://cards.example:443', 'cards.example', true],
  [undefined, 'http://cards.example', 'cards.example:80', true],
  [undefined, 'http://[::1]:8000', '[::1]:8000', true],
  [undefined, 'http://localhost:3000', 'localhost:8000', false],
  [undefined, 'http://127.0.0.1:8000', 'localhost:8000', false],
  [undefined, 'https://cards.example', 'cards.example:80', false],
  [undefined, 'https://cards.example', HOST, false],
  [undefined, 'https://evil.example', HOST, false],
  [undefined, 'https://cards.example.evil.example:8443', HOST, false],
  [undefined, 'https://evil.example/cards.example:8443', HOST, false],
  [undefined, 'https://evil@cards.example:8443', HOST, false],
  [undefined, 'chrome-extension://cards.example:8443', HOST, false],
  [undefined, `${OWN}, ${OWN}`, HOST, false],
  [undefined, OWN, undefined, false],
  [undefined, 'https://', '', false],
  // A sandboxed frame, a file, a redirect between origins.
  [undefined, 'null', HOST, false],
  [undefined, 'null', 'null', false],
  [undefined, '', HOST, false],
];

test.each(PAGES)('Sec-Fetch-Site %j, Origin %j at Host %j may change something: %p', (site, origin, host, isLetIn) => {
  const headers = { host, origin, 'sec-fetch-site': site };
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'ANY']) {
    const refusal = refusalOf({ method, headers }, ANY);
    if (isLetIn) expect(refusal).toBeUndefined();
    else expect(refusal).toMatchObject({ status: 403, code: 'forbidden' });
  }
  for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(refusalOf({ method, headers }, ANY)).toBeUndefined();
});

test('the answer to a refused page names the header that gave it away', () => {
  const of = (headers: object) => refusalOf({ method: 'POST', headers: { host: HOST, ...headers } }, ANY)?.detail;
  expect(of({ 'sec-fetch-site': 'cross-site' })).toContain('(Sec-Fetch-Site: cross-site)');
  expect(of({ origin: 'null' })).toContain('(Origin: null)');
});

test.each([
  ['https://app.example', 'https://app.example', 'cross-site', true],
  ['https://app.example', 'https://app.example', undefined, true],
  ['https://app.example', 'https://evil.example', 'cross-site', false],
  ['https://app.example', undefined, 'cross-site', false],
  ['*', 'https://evil.example', 'cross-site', true],
  ['*', 'null', 'cross-site', true],
  ['', 'https://app.example', 'cross-site', false],
])('where %j is allowed, a page of %j (%j) may change something: %p', (setting, origin, site, isLetIn) => {
  const asked = { method: 'POST', headers: { host: HOST, origin, 'sec-fetch-site': site } };
  const refusal = refusalOf(asked, ANY, parseOrigins(setting));
  expect(refusal?.code).toBe(isLetIn ? undefined : 'forbidden');
});

test('a page of an allowed origin still has to use a name of this host', () => {
  const headers = { host: 'evil.example', origin: 'https://app.example' };
  expect(refusalOf({ method: 'POST', headers }, LOOPBACK, parseOrigins('*'))?.code).toBe('misdirected');
});
