import { createRecordSigner } from '@flashcards/shared/security/record-signature';
import type { KnownKey } from '@flashcards/shared/store/keys/key-store';
import { type UnsignedRecord, createTrust } from './trust';

const signer = createRecordSigner('a pepper of these tests');
const FIELDS = { tenant: 'ann', name: '', scopes: 'jobs:read', created: '5', expires: '', rotated_to: '', hash: 'h' };
const UNSIGNED = { fields: FIELDS, mac: '', limits: '', limitsMac: '', allSigned: '' };
const SIGNED = { ...UNSIGNED, mac: signer.ofKey('k1', FIELDS) };
const LIMITS = '{"open_jobs":3}';

const keyOf = (stored: KnownKey['stored']): KnownKey => ({
  id: 'k1',
  tenant: stored.fields.tenant,
  name: '',
  scopes: ['jobs:read'],
  created: 5,
  expires: null,
  rotatedTo: null,
  lastUsed: null,
  hash: 'h',
  clock: { redis: 0, monotonic: 0 },
  stored,
});

function trust(required = false) {
  const unsigned: UnsignedRecord[] = [];
  return { unsigned, ...createTrust({ signer, required, onUnsigned: (record) => unsigned.push(record) }) };
}

test('a signed key is accepted, however strict', () => {
  for (const required of [true, false]) {
    const { accept, unsigned } = trust(required);
    expect(accept(keyOf(SIGNED))).toEqual({ ...keyOf(SIGNED), limits: {} });
    expect(unsigned).toEqual([]);
  }
});

const CHANGED = { ...SIGNED, fields: { ...FIELDS, scopes: 'admin' } };
const OF_ANOTHER = { ...SIGNED, mac: signer.ofKey('k2', FIELDS) };
test.each([
  ['without a signature', UNSIGNED],
  ['that was changed', CHANGED],
  ['with the signature of another key', OF_ANOTHER],
])('a key %s is accepted until all are signed, and is noted', (_what, stored) => {
  const { accept, unsigned } = trust();
  expect(accept(keyOf(stored))).not.toBeNull();
  expect(accept(keyOf({ ...stored, allSigned: 'forged' }))).not.toBeNull();
  expect(accept(keyOf({ ...stored, allSigned: signer.ofAll() }))).toBeNull();
  expect(unsigned.map(({ refused }) => refused)).toEqual([false, false, true]);
  expect(unsigned[2]).toEqual({ what: 'key', tenant: 'ann', key_id: 'k1', refused: true });
  expect(trust(true).accept(keyOf(stored))).toBeNull();
});

test('a process that knows that all are signed is not talked out of it', () => {
  const { accept } = trust();
  expect(accept(keyOf({ ...SIGNED, allSigned: signer.ofAll() }))).not.toBeNull();
  expect(accept(keyOf(UNSIGNED))).toBeNull();
});

test("limits that are not signed hold until all records are, and then the deployment's do", () => {
  const { limitsOf, unsigned } = trust();
  const stored = { ...UNSIGNED, limits: LIMITS };
  expect(limitsOf('ann', stored)).toEqual({ open_jobs: 3 });
  const allSigned = signer.ofAll();
  expect(limitsOf('ann', { ...stored, allSigned })).toEqual({});
  expect(limitsOf('ann', { ...stored, allSigned, limitsMac: signer.ofLimits('bob', LIMITS) })).toEqual({});
  expect(unsigned.map(({ what, refused }) => [what, refused])).toEqual([
    ['limits', false],
    ['limits', true],
    ['limits', true],
  ]);
  expect(limitsOf('ann', { ...stored, allSigned, limitsMac: signer.ofLimits('ann', LIMITS) })).toEqual({
    open_jobs: 3,
  });
  expect(limitsOf('ann', { ...UNSIGNED, allSigned })).toEqual({});
});
