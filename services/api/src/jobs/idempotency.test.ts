import { createHmac } from 'node:crypto';
import { fingerprint, itemKey, jobId, readIdempotencyKey } from './idempotency';

test.each(['k', 'a'.repeat(255), ' ', '~', 'with blanks and "quotes"'])('%j is a key', (key) => {
  expect(readIdempotencyKey(key)).toEqual({ idempotencyKey: key });
});

test.each(['', 'a'.repeat(256), 'ümlaut', 'tab\tinside', 'line\nend', 'end\n', '\u007f', 'nul\0'])(
  '%j is no key, and the answer names the header and the rule',
  (key) => {
    expect(() => readIdempotencyKey(key)).toThrow(
      expect.objectContaining({
        code: 'invalid_request',
        message: '`Idempotency-Key` must be 1 to 255 printable ASCII characters.',
        details: {
          errors: [{ pointer: '/headers/Idempotency-Key', detail: 'must be 1 to 255 printable ASCII characters' }],
        },
      }) as Error,
    );
  },
);

test('without the header there is no key', () => {
  expect(readIdempotencyKey(undefined)).toStrictEqual({});
});

test('without a key every job has an id of its own, with the region in front', () => {
  const ids = new Set(Array.from({ length: 1_000 }, () => jobId('ann', undefined, '')));
  expect(ids.size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(jobId('ann', undefined, 'eu')).toMatch(/^eu-[0-9a-f-]{36}$/);
});

test('a key gives the same id at every replica, and another one for another tenant, key or region', () => {
  const id = jobId('ann', 'key-1', '');
  expect(id).toBe(`i${createHmac('sha256', 'ann').update('key-1').digest('hex').slice(0, 39)}`);
  expect(jobId('ann', 'key-1', 'eu')).toBe(`eu-${id}`);
  expect(new Set([id, jobId('bob', 'key-1', ''), jobId('ann', 'key-2', '')]).size).toBe(3);
  expect(id).toMatch(/^[a-z0-9_-]{8,64}$/);
});

test('each item of a batch has a key of its own, which no client can write', () => {
  expect(itemKey(undefined, 0)).toBeUndefined();
  expect(itemKey('k', 1)).not.toBe(itemKey('k', 11));
  expect(() => readIdempotencyKey(itemKey('k', 0))).toThrow();
  expect(jobId('ann', itemKey('k', 0), '')).not.toBe(jobId('ann', 'k', ''));
});

describe('what a repeat must ask again', () => {
  const of = (submit: object, more: object = {}) => fingerprint({ idempotencyKey: 'k', submit, ...more });

  test('is nothing without a key', () => {
    expect(fingerprint({ submit: { text: 'a' } })).toBe('');
  });

  test('is the same in whatever order its fields are written, also inside', () => {
    const one = { text: 'a', options: { cards: 1, tags: ['x', 'y'] }, metadata: { b: '1', a: '2' } };
    const other = { metadata: { a: '2', b: '1' }, options: { tags: ['x', 'y'], cards: 1 }, text: 'a' };
    expect(of(one)).toBe(of(other));
    expect(of(one)).toMatch(/^[\w-]{22}$/);
  });

  test('differs with every value, and with the order of a list', () => {
    const bodies = [
      { text: 'a' },
      { text: 'b' },
      { text: 'a', metadata: {} },
      { text: 'a', metadata: { a: '1' } },
      { text: 'a', metadata: { a: '2' } },
      { text: 'a', tags: ['x', 'y'] },
      { text: 'a', tags: ['y', 'x'] },
      { text: 'a', tags: { 0: 'x', 1: 'y' } },
      { text: 'a', parent: null },
    ];
    expect(new Set(bodies.map((body) => of(body))).size).toBe(bodies.length);
  });

  test('of a retry is the failed job, and of a regenerated card what its client requested', () => {
    expect(of({ text: 'a' }, { retryOf: 'job-1' })).toBe(of({ text: 'b' }, { retryOf: 'job-1' }));
    expect(of({ text: 'a' }, { retryOf: 'job-1' })).not.toBe(of({ text: 'a' }, { retryOf: 'job-2' }));
    expect(of({ text: 'a' }, { retryOf: 'job-1' })).not.toBe(of({ text: 'a' }));
    expect(of({ text: 'a' }, { requested: { card: 'c1' } })).toBe(of({ text: 'b' }, { requested: { card: 'c1' } }));
    expect(of({ text: 'a' }, { requested: { card: 'c1' } })).not.toBe(of({ text: 'a' }));
  });
});
