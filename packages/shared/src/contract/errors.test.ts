import { AppError, HTTP_ERRORS, JOB_ERRORS, errorRow } from './errors';

const codesOf = (table: Readonly<Record<string, { retry: string }>>, retry: string): string[] =>
  Object.keys(table).filter((code) => table[code]?.retry === retry);

test('a client is told to repeat what a repeat may mend, and nothing else', () => {
  expect(codesOf(JOB_ERRORS, 'backoff')).toEqual(['model_unavailable', 'model_output_invalid']);
  expect(codesOf(JOB_ERRORS, 'later')).toEqual(['model_rate_limited', 'deadline_exceeded', 'worker_crashed', 'internal']);
  expect(codesOf(JOB_ERRORS, 'never')).toEqual(['model_rejected', 'model_auth', 'model_budget', 'no_cards']);
  expect(codesOf(HTTP_ERRORS, 'backoff')).toEqual([]);
  expect(codesOf(HTTP_ERRORS, 'later')).toEqual([
    'rate_limited', 'quota_exceeded', 'budget_exceeded', 'overloaded', 'queue_unavailable', 'draining', 'internal',
  ]);
}); // prettier-ignore

test('every refusal that a repeat cannot mend is a 4xx, every other one a 429 or a 5xx', () => {
  for (const [code, { status, retry }] of Object.entries(HTTP_ERRORS)) {
    const mends = status === 429 || status >= 500;
    expect([code, retry === 'never']).toEqual([code, !mends]);
  }
});

test('every error says what it is, in words of its own', () => {
  const titles = Object.values({ ...JOB_ERRORS, ...HTTP_ERRORS }).map(({ title }) => title);
  expect(new Set(titles).size).toBe(titles.length);
  for (const title of titles) expect(title).toMatch(/^[A-Z][\w,' ]{8,}$/);
});

test('the row of a code is found, of a job as of a request', () => {
  expect(errorRow('model_auth')).toBe(JOB_ERRORS.model_auth);
  expect(errorRow('gone')).toBe(HTTP_ERRORS.gone);
  expect(errorRow('internal').status).toBe(500);
});

test('an error carries its code, its words and its cause, and is told apart by its name', () => {
  const cause = new Error('why');
  const error = new AppError('rate_limited', 'Too many.', { policy: 'submits' }, { cause });
  expect(error).toMatchObject({
    name: 'AppError',
    code: 'rate_limited',
    message: 'Too many.',
    details: { policy: 'submits' },
    cause,
  });
  expect(new AppError('gone', 'Gone.').details).toEqual({});
});
