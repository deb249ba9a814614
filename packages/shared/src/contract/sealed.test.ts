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
