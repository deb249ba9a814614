import { isPublicAddress, parseCidrs } from './addresses';
import { bareHost, isInnerName, mayConnect, portOf, webhookUrlFault } from './webhook-url';

const NONE = parseCidrs('');

/** Every way we know to write an address that is not the public internet's. */
const INNER = [
  '0.0.0.0', '0.255.255.255', '10.0.0.1', '10.255.255.255', '100.64.0.1', '100.100.100.200', '100.127.255.255',
  '127.0.0.1', '127.255.255.254', '168.63.129.16', '169.254.169.254', '169.254.170.2', '172.16.0.1', '172.31.255.255',
  '192.0.0.1', '192.0.0.192', '192.0.2.1', '192.52.193.1', '192.88.99.1', '192.168.0.1', '192.168.255.255',
  '198.18.0.1', '198.19.255.255', '198.51.100.1', '203.0.113.1', '224.0.0.1', '239.255.255.255', '240.0.0.1',
  '255.255.255.255',
  '::', '::1', '::127.0.0.1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:0:7f00:1', '::ffff:169.254.169.254',
  '::FFFF:10.0.0.1', '64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1', '100::1', '2001::1', '2001:0:7f00:1::',
  '2001:20::1', '2001:db8::1', '2002:7f00:1::', '2002:a9fe:a9fe::', '3fff::1', '5f00::1', 'fc00::1', 'fd00:ec2::254',
  'fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', '4000::1',
  '::ffff:10.1.2', 'x::ffff:8.8.8.8', '::ffff:8.8.8.8x', '::ffff:100.64.10.20', '::ffff:192.168.100.200', '1.1.1.1.',
  '', 'localhost', '1.2.3', '2130706433', '0x7f.1', '1.2.3.4.5', '::ffff:1.2.3', '[::1]',
]; // prettier-ignore

const PUBLIC = [
  '1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.1',
  '168.63.129.15', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.1', '192.167.255.255',
  '192.169.0.0', '198.17.255.255', '198.20.0.0', '223.255.255.255', '::ffff:8.8.8.8', '::ffff:93.184.216.34', '::ffff:5db8:d822', '2606:4700::1%eth0', '::ffff:808:808',
  '2606:4700:4700::1111', '2001:4860:4860::8888', '2400::1', '2a00::1', '2003::1', '3ffe::1',
]; // prettier-ignore

test.each(INNER)('a webhook never connects to %s', (address) => {
  expect(isPublicAddress(address)).toBe(false);
  expect(mayConnect({ address, port: 443, secure: true }, NONE)).toBe(false);
});

test.each(PUBLIC)('a webhook may connect to %s, by https alone', (address) => {
  expect(isPublicAddress(address)).toBe(true);
  expect(mayConnect({ address, port: 443, secure: true }, NONE)).toBe(true);
  expect(mayConnect({ address, port: 443, secure: false }, NONE)).toBe(false);
});

test.each([0, 22, 25, 80, 442, 444, 1_024, 6_379, 8_080, 9_100])(
  'port %i of the internet is not for webhooks',
  (port) => {
    expect(mayConnect({ address: '1.1.1.1', port, secure: true }, NONE)).toBe(false);
  },
);

describe('a range that the operator allows', () => {
  const allow = parseCidrs(' 10.1.0.0/16, fd00:1::/32 ');

  test('may be reached, also by http, however its addresses are written', () => {
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '::ffff:a01:203', 'fd00:1::5', 'fd00:1::5%eth0']) {
      expect(mayConnect({ address, port: 8_080, secure: false }, allow)).toBe(true);
    }
    expect(mayConnect({ address: '10.1.2.3', port: 22, secure: false }, allow)).toBe(false);
  });

  test('opens nothing beside it, and no http to the internet', () => {
    for (const address of ['10.2.0.1', '127.0.0.1', 'fd00:2::1', '::ffff:10.2.0.1']) {
      expect(mayConnect({ address, port: 443, secure: true }, allow)).toBe(false);
    }
    expect(mayConnect({ address: '1.1.1.1', port: 80, secure: false }, allow)).toBe(false);
  });

  test.each(['10.0.0.0', '10.0.0.0/33', 'x/8', '10.0.0/8', '::1/129', '0.0.0.0/0', '::/0', '10.0.0.0/8;'])(
    'cannot be %s',
    (cidr) => expect(() => parseCidrs(cidr)).toThrow(),
  );
});

test('a range that is allowed opens its ports from 1024 on, and those of the web', () => {
  const allow = parseCidrs('10.1.0.0/16');
  const open = [80, 443, 1_024, 65_535].map((port) => mayConnect({ address: '10.1.2.3', port, secure: false }, allow));
  const shut = [0, 22, 81, 444, 1_023].map((port) => mayConnect({ address: '10.1.2.3', port, secure: true }, allow));
  expect([...open, ...shut]).toEqual([true, true, true, true, false, false, false, false, false]);
});

test('no address is in no range, and what is none cannot be one', () => {
  const allow = parseCidrs('0.0.0.0/1');
  expect(['', 'localhost', '1.2.3'].map((address) => allow.has(address))).toEqual([false, false, false]);
  expect([parseCidrs('').isEmpty, parseCidrs(' , ').isEmpty, allow.isEmpty]).toEqual([true, true, false]);
  expect(() => parseCidrs('10.0.0.0/8/8')).toThrow('must be ranges like 10.1.0.0/16');
  expect(parseCidrs('128.0.0.0/1').has('200.0.0.1')).toBe(true);
});

test('a host is read without what only URLs write around it', () => {
  const hosts = ['https://a.example./', 'https://[2606:4700::1]/', 'https://1.1.1.1/', 'https://b.example:8443/x'];
  expect(hosts.map((url) => bareHost(new URL(url)))).toEqual(['a.example', '2606:4700::1', '1.1.1.1', 'b.example']);
  expect(['https://a/', 'http://a/', 'https://a:8443/', 'http://a:81/'].map((url) => portOf(new URL(url)))).toEqual([
    443, 80, 8_443, 81,
  ]);
});

test.each([
  'localhost', 'redis', 'a.local', 'b.internal', 'c.intranet', 'd.lan', 'home.arpa', 'e.home.arpa', 'f.svc', 'g.test',
  'h.invalid', 'i.onion', 'a.b.localhost',
])('%s is a name of an inner network', (name) => expect(isInnerName(name)).toBe(true)); // prettier-ignore

test.each([
  'a.example',
  'localhost.example',
  'local.a.example',
  'mylocal.org',
  'thehome.arpa',
  'homexarpa.org',
  'alan.de',
])('%s is none', (name) => expect(isInnerName(name)).toBe(false));

describe('at the submit', () => {
  test.each([
    ['no URL', 'must be an absolute URL'],
    ['/path', 'must be an absolute URL'],
    ['https://', 'must be an absolute URL'],
    ['https://999.1.1.1/', 'must be an absolute URL'],
    ['https://[fe80::1%25eth0]/', 'must be an absolute URL'],
    [' https://a.example/', 'must be an absolute URL'],
    ['https://a.exa\tmple/', 'must be an absolute URL'],
    ['https://a.example/\r\nX-Injected: 1', 'must be an absolute URL'],
    ['http://a.example/', 'must be an https URL'],
    ['ftp://a.example/', 'must be an https URL'],
    ['file:///etc/passwd', 'must be an https URL'],
    ['data:text/plain,x', 'must be an https URL'],
    ['gopher://a.example/', 'must be an https URL'],
    ['javascript:1', 'must be an https URL'],
    ['https://u:p@a.example/', 'must not hold a user name or password'],
    ['https://u@a.example/', 'must not hold a user name or password'],
    ['https://:p@a.example/', 'must not hold a user name or password'],
    ['https://a.example/#x', 'must not hold a fragment'],
    ['https://a.example/#', 'must not hold a fragment'],
    ['https://a..example/', 'must name a host'],
    ['https://127.0.0.1/', 'must not lead to an inner address'],
    ['https://127.0.0.1./', 'must not lead to an inner address'],
    ['https://2130706433/', 'must not lead to an inner address'],
    ['https://0x7f.1/', 'must not lead to an inner address'],
    ['https://0177.0.0.1/', 'must not lead to an inner address'],
    ['https://127.1/', 'must not lead to an inner address'],
    ['https://①②⑦.⓪.⓪.①/', 'must not lead to an inner address'],
    ['https://0/', 'must not lead to an inner address'],
    ['https://[::]/', 'must not lead to an inner address'],
    ['https://[::1]/', 'must not lead to an inner address'],
    ['https://[::ffff:127.0.0.1]/', 'must not lead to an inner address'],
    ['https://[64:ff9b::7f00:1]/', 'must not lead to an inner address'],
    ['https://[2002:7f00:1::]/', 'must not lead to an inner address'],
    ['https://169.254.169.254/latest/', 'must not lead to an inner address'],
    ['https://localhost/', 'must not lead to an inner address'],
    ['https://LOCALHOST./', 'must not lead to an inner address'],
    ['https://a.localhost/', 'must not lead to an inner address'],
    ['https://redis/', 'must not lead to an inner address'],
    ['https://metadata.google.internal/', 'must not lead to an inner address'],
    ['https://a.b.svc/', 'must not lead to an inner address'],
    ['https://a.example:22/', 'must use port 443 or 8443'],
    ['https://a.example:6379/', 'must use port 443 or 8443'],
    ['https://a.example:80/', 'must use port 443 or 8443'],
  ])('%s is refused: %s', (url, fault) => expect(webhookUrlFault(url, NONE)).toBe(fault));

  test.each(['https://a.example/', 'https://a.example:8443/x?token=1', 'https://1.1.1.1/', 'https://[2606:4700:4700::1111]/', 'https://a.example./', 'https://例子.example/钩子'])(
    '%s is taken',
    (url) => expect(webhookUrlFault(url, NONE)).toBeUndefined(),
  );

  test('what an allowed range may make right is left for the connection to decide', () => {
    const allow = parseCidrs('10.1.0.0/16');
    for (const url of ['http://receiver:8080/', 'http://10.1.0.5/', 'http://receiver.internal/', 'https://x.example:9000/', 'https://x.example:1024/', 'http://10.1.0.5:1024/']) {
      expect(webhookUrlFault(url, allow)).toBeUndefined();
    }
    expect(webhookUrlFault('http://10.2.0.5/', allow)).toBe('must not lead to an inner address');
    expect(webhookUrlFault('http://1.1.1.1/', allow)).toBe('must use port 443 or 8443');
    expect(webhookUrlFault('http://1.1.1.1:8443/', allow)).toBe('must be an https URL');
    expect(webhookUrlFault('https://1.1.1.1:9000/', allow)).toBe('must use port 443 or 8443');
    expect(webhookUrlFault('http://receiver:1023/', allow)).toBe('must use port 443 or 8443');
    expect(webhookUrlFault('http://receiver:22/', allow)).toBe('must use port 443 or 8443');
  });
}); // prettier-ignore
