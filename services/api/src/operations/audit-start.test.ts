import type { AuditRecord } from '@flashcards/shared/runtime/audit';
import { auditStart } from './audit-start';
import { type ApiConfig, apiSettings } from '../config';

/** The fingerprint of the settings in the record of a start. */
async function fingerprintOf(more: object): Promise<unknown> {
  const records: AuditRecord[] = [];
  const config = { REDIS_URL: 'redis://one', PORT: 8000, ...more } as unknown as ApiConfig;
  await auditStart({ record: (record) => Promise.resolve(void records.push(record)) }, config);
  return records[0]?.details?.['settings'];
}

const keys = (apiSettings.describe() as { keys: Record<string, { metas?: { secret?: boolean }[] }> }).keys;
const SECRETS = Object.keys(keys).filter((key) => keys[key]?.metas?.some(({ secret }) => secret));

test('the record of a start names a changed setting', async () => {
  expect(await fingerprintOf({ PORT: 8001 })).not.toBe(await fingerprintOf({}));
});

test.each(SECRETS)(
  'the record of a start holds nothing of the secret %s, not even in a fingerprint',
  async (secret) => {
    expect(await fingerprintOf({ [secret]: 'one' })).toBe(await fingerprintOf({ [secret]: 'another' }));
  },
);
