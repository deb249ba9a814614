import { type KeyFields, createRecordSigner } from './record-signature';

const FIELDS: KeyFields = {
  tenant: 'ann',
  name: 'laptop',
  scopes: 'jobs:read jobs:write',
  created: '1764000000000',
  expires: '',
  rotated_to: '',
  hash: 'of the key',
};
const signer = createRecordSigner('a pepper of these tests');
const signature = signer.ofKey('k1', FIELDS);

test.each(Object.entries(FIELDS))('the signature of a key is another one when its %s is', (name, value) => {
  expect(signer.ofKey('k1', { ...FIELDS, [name]: `${value}1` })).not.toBe(signature);
});

test('the signature of a key is another one for another id, another pepper, and what moved from one field to the next', () => {
  expect(signer.ofKey('k2', FIELDS)).not.toBe(signature);
  expect(createRecordSigner('another pepper').ofKey('k1', FIELDS)).not.toBe(signature);
  expect(signer.ofKey('k1', { ...FIELDS, tenant: 'annl', name: 'aptop' })).not.toBe(signature);
  expect(signer.ofKey('k1', { ...FIELDS })).toBe(signature);
});

test('what was signed for one thing stands for no other', () => {
  const limits = signer.ofLimits('ann', '{}');
  expect(new Set([limits, signer.ofLimits('bob', '{}'), signer.ofLimits('ann', '{"open_jobs":1}'), signer.ofAll(), signature]).size).toBe(5); // prettier-ignore
});
