import crypto from 'node:crypto';
import { hashOfApiKey, idOfApiKey, isSameHash, makeApiKey } from './api-key';

test('a key is recognised by its form, and carries its id and over 190 random bits', () => {
  const { id, key } = makeApiKey();
  expect(key).toMatch(/^fck_[0-9a-f]{16}[0-9A-Za-z]{49}$/);
  expect(idOfApiKey(key)).toBe(id);
  const secrets = new Set(Array.from({ length: 1_000 }, () => makeApiKey().key.slice(20, 63)));
  expect(secrets.size).toBe(1_000);
});

test.each([
  ['one letter changed', (key: string) => key.slice(0, 30) + (key[30] === 'a' ? 'b' : 'a') + key.slice(31)],
  ['two letters swapped', (key: string) => key.slice(0, 4) + (key[5] ?? '') + (key[4] ?? '') + key.slice(6)],
  ['the end missing', (key: string) => key.slice(0, -1)],
  ['something behind it', (key: string) => `${key}0`],
  ['a line end behind it', (key: string) => `${key}\n`],
  ['another prefix', (key: string) => key.replace('fck_', 'sck_')],
  ['the case changed', (key: string) => key.toUpperCase()],
])('a key with %s is none, without a look-up', (_what, broken) => {
  const { key } = { key: 'fck_0123456789abcdef' };
  const made = makeApiKey().key;
  expect(idOfApiKey(broken(made) === made ? key : broken(made))).toBeNull();
});

test('what is stored of a key depends on the pepper and shows nothing of it', () => {
  const { key } = makeApiKey();
  const stored = hashOfApiKey('pepper', key);
  expect(stored).not.toContain(key.slice(20, 40));
  expect(stored).not.toBe(hashOfApiKey('another', key));
  expect([isSameHash(stored, hashOfApiKey('pepper', key)), isSameHash(stored, `${stored}x`)]).toEqual([true, false]);
  expect(isSameHash(stored, hashOfApiKey('pepper', makeApiKey().key))).toBe(false);
});

test('row 5: hashes are compared in a time that tells nothing of where they differ', () => {
  const compare = jest.spyOn(crypto, 'timingSafeEqual');
  const hash = hashOfApiKey('pepper', makeApiKey().key);
  const other = `${hash.slice(0, -1)}${hash.endsWith('A') ? 'B' : 'A'}`;
  expect([isSameHash(hash, other), isSameHash(hash, hash), isSameHash(hash, '')]).toEqual([false, true, false]);
  expect(compare.mock.calls).toEqual([
    [Buffer.from(hash), Buffer.from(other)],
    [Buffer.from(hash), Buffer.from(hash)],
  ]);
  compare.mockRestore();
});
