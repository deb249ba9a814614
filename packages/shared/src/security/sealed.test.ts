import { randomBytes } from 'node:crypto';
import { seal, sealingKey, unseal } from './sealed';

const key = randomBytes(32);

test('what is sealed opens with the same key for the same purpose', () => {
  const sealed = seal(key, 'webhook of a', 'whsec_秘密');
  expect(sealed).not.toContain('whsec');
  expect(unseal(key, 'webhook of a', sealed)).toBe('whsec_秘密');
  expect(seal(key, 'webhook of a', 'whsec_秘密')).not.toBe(sealed);
});

test('with another key, for another purpose or with one bit changed it does not open', () => {
  const sealed = seal(key, 'webhook of a', 'whsec_x');
  const bytes = Buffer.from(sealed, 'base64url');
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  expect(() => unseal(randomBytes(32), 'webhook of a', sealed)).toThrow();
  expect(() => unseal(key, 'webhook of b', sealed)).toThrow();
  expect(() => unseal(key, 'webhook of a', bytes.toString('base64url'))).toThrow();
});

test('a sealing key is 32 bytes in hex or base64, and nothing shorter', () => {
  expect(sealingKey(key.toString('hex'))).toEqual(key);
  expect(sealingKey(key.toString('base64'))).toEqual(key);
  expect(() => sealingKey('short')).toThrow('32 bytes');
});

test.each([
  ['one digit more', (hex: string) => `${hex}0`],
  ['something in front', (hex: string) => `x${hex}`],
  ['31 bytes of base64', (hex: string) => Buffer.from(hex, 'hex').subarray(1).toString('base64')],
  ['33 bytes of base64', (hex: string) => Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(1)]).toString('base64')],
  ['nothing', () => ''],
])('a sealing key with %s is none', (_what, broken) => {
  expect(() => sealingKey(broken(key.toString('hex')))).toThrow('must be 32 bytes, as 64 hex digits or as base64');
});

test('what was cut short does not open, not even with a shorter tag', () => {
  const bytes = Buffer.from(seal(key, 'p', ''), 'base64url');
  for (let length = 0; length < bytes.length; length += 1)
    expect(() => unseal(key, 'p', bytes.subarray(0, length).toString('base64url'))).toThrow();
  expect(unseal(key, 'p', bytes.toString('base64url'))).toBe('');
});
