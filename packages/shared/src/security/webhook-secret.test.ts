import { secretKey } from './webhook-secret';

const RULE = 'must be whsec_ and the base64 of 24 to 64 bytes';
const secretOf = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`;

test.each([24, 25, 26, 32, 63, 64])('%i bytes are a secret, with or without the signs that fill base64 up', (bytes) => {
  expect(secretKey(secretOf(bytes))).toEqual(Buffer.alloc(bytes, 7));
  expect(secretKey(secretOf(bytes).replace(/=+$/, ''))).toEqual(Buffer.alloc(bytes, 7));
});

test.each([
  '', 'whsec_', secretOf(23), secretOf(65), secretOf(32).slice(6), `x${secretOf(32)}`, secretOf(32).replace('whsec_', 'whsec-'),
  `${secretOf(32)}!`, `${secretOf(32)} `, secretOf(24).replace('B', '='), secretOf(33).replace('B', '-'), `whsec_=${secretOf(24).slice(6)}`,
])('%j is none, and the rule is said', (secret) => expect(() => secretKey(secret)).toThrow(RULE)); // prettier-ignore
