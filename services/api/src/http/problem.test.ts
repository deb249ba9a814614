import { inspect } from 'node:util';
import { AppError, HTTP_ERRORS } from '@flashcards/shared/contract/errors';
import { asAppError, problemOf, problemSchema } from './problem';

const requestOf = (requestId: string) => ({ requestId, trace: undefined });
const LIBRARY = 'ENOENT at /srv/app/node_modules/library/index.js:12 with fck_secret';

test('an error of ours stays as it is', () => {
  const error = new AppError('gone', 'It expired.');
  expect(asAppError(error)).toBe(error);
});

test.each([
  ['a body that says it is too large', { type: 'entity.too.large', status: 413, length: 11_534_336, limit: 152_768 }, 'too_large', 'The body is 11.5 MB; at most 152.8 kB are allowed.'],
  ['a body that turns out too large', { type: 'entity.too.large', status: 413, received: 200_000, limit: 152_768 }, 'too_large', 'The body is longer than 200.0 kB; at most 152.8 kB are allowed.'],
  ['a coding that is not known', { type: 'encoding.unsupported', status: 415 }, 'unsupported_media_type', 'The body must be sent uncompressed.'],
  ['a path that cannot be decoded', { status: 400 }, 'malformed_request', 'The request cannot be read.'],
  ['any other 4xx of a library', { type: 'stream.encoding', status: 499 }, 'malformed_request', 'The request cannot be read.'],
  ['a 399 of a library', { status: 399 }, 'internal', 'Internal error. It was logged under this request id.'],
  ['a 500 of a library', { status: 500 }, 'internal', 'Internal error. It was logged under this request id.'],
  ['a status that is no number', { status: '404' }, 'internal', 'Internal error. It was logged under this request id.'],
  ['a type that is no word', { type: 7 }, 'internal', 'Internal error. It was logged under this request id.'],
  ['a fault of ours', {}, 'internal', 'Internal error. It was logged under this request id.'],
])('%s is answered in our words alone', (_what, fields, code, detail) => {
  const appError = asAppError(Object.assign(new Error(LIBRARY), fields));
  expect([appError.code, appError.message]).toEqual([code, detail]);
  expect(JSON.stringify(problemOf(appError, requestOf('r-1')))).not.toMatch(/ENOENT|srv|fck_|node_modules/);
}); // prettier-ignore

test.each([undefined, null, 'a word', 7])('%p that was thrown is a fault of ours', (thrown) => {
  expect(asAppError(thrown).code).toBe('internal');
});

test('a fault keeps its cause for the log', () => {
  const cause = new Error(LIBRARY);
  expect(asAppError(cause).cause).toBe(cause);
});

test('Redis away is a 503 that says when to come again', () => {
  const appError = asAppError(new Error("Stream isn't writeable and enableOfflineQueue options is false"));
  expect([appError.code, appError.message, appError.details]).toEqual([
    'queue_unavailable',
    'The queue cannot be reached.',
    { retryAfterSeconds: 2 },
  ]);
});

test('a problem has the fields of RFC 9457 and no other', () => {
  const error = new AppError('invalid_request', 'Not valid.', {
    errors: [{ pointer: '/text', detail: 'is required' }],
  });
  expect(problemOf(error, requestOf('r-1'))).toEqual({
    type: '/docs/errors#invalid_request',
    title: HTTP_ERRORS.invalid_request.title,
    status: 422,
    detail: 'Not valid.',
    code: 'invalid_request',
    request_id: 'r-1',
    errors: [{ pointer: '/text', detail: 'is required' }],
  });
  const limited = problemOf(
    new AppError('rate_limited', 'Too many.', { policy: 'submits', retryAfterSeconds: 3 }),
    requestOf('r-2'),
  );
  expect(limited).toMatchObject({ policy: 'submits', status: 429 });
  expect(limited).not.toHaveProperty('errors');
  for (const problem of [problemOf(error, requestOf('r-1')), limited, { ...limited, retry_after_seconds: 3 }])
    expect(problemSchema.validate(problem).error).toBeUndefined();
  expect(inspect(limited)).not.toContain('stack');
});

test.each(['type', 'title', 'status', 'detail', 'code', 'request_id'])('every problem has its %s', (field) => {
  const { [field]: _left, ...rest }: Record<string, unknown> = {
    ...problemOf(new AppError('gone', 'Gone.'), requestOf('r-1')),
  };
  expect(problemSchema.validate(rest).error).toBeDefined();
});

test.each([
  ['a code that is in no table', { code: 'made_up' }],
  ['half a status', { status: 40.5 }],
  ['an error without a pointer', { errors: [{ detail: 'x' }] }],
  ['an error without a rule', { errors: [{ pointer: '/x' }] }],
  ['errors that are no list', { errors: {} }],
  ['half a second', { retry_after_seconds: 0.5 }],
  ['a field of its own', { stack: 'x' }],
])('no problem has %s', (_what, more) => {
  expect(
    problemSchema.validate({ ...problemOf(new AppError('gone', 'Gone.'), requestOf('r-1')), ...more }).error,
  ).toBeDefined();
});
