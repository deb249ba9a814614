import { errorRow } from '@flashcards/shared/contract/errors';
import { FORMATS } from '@flashcards/shared/formats/index';
import { openapiOf } from './openapi';
import { routes } from '../routes';

const endpoints = routes({ maxTextChars: 123, maxCards: 7, models: ['a/b'] });
const document = openapiOf(endpoints, '1.2.3') as {
  openapi: string;
  paths: Record<
    string,
    Record<string, { responses: Record<string, unknown>; requestBody?: unknown; operationId: string }>
  >;
};

test('the document has every endpoint and no other', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(documented.sort()).toEqual(endpoints.map(({ method, path }) => `${method} ${path}`).sort());
});

test('the limits of this deployment stand in the schema that validates and in the document', () => {
  const submit = JSON.stringify(document.paths['/v1/jobs']?.['post']?.requestBody);
  expect(submit).toContain('"maxLength":123');
  expect(submit).toContain('"maximum":7');
});

test('the document says what a webhook gets, for each way a job can end', () => {
  const { webhooks } = document as unknown as { webhooks: Record<string, { post: { requestBody: unknown } }> };
  expect(Object.keys(webhooks)).toEqual(['job.completed', 'job.failed', 'job.canceled']);
  const told = JSON.stringify(webhooks['job.failed']);
  for (const part of ['webhook-signature', '"enum":["job.failed"]', 'retry_of']) expect(told).toContain(part);
  expect(told).not.toContain('"quote"');
});

test('every refusal an endpoint can give is documented with its status', () => {
  for (const { path, method, errors } of endpoints) {
    const statuses = Object.keys(document.paths[path]?.[method]?.responses ?? {});
    for (const code of errors) expect(statuses).toContain(String(errorRow(code).status));
  }
});

test('a foreign host is documented everywhere, a foreign page where there is an effect', () => {
  for (const { path, method } of endpoints) {
    const statuses = Object.keys(document.paths[path]?.[method]?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining(method === 'get' ? ['421'] : ['403', '421']));
  }
});

test('operations have names of their own', () => {
  const names = Object.values(document.paths).flatMap((methods) =>
    Object.values(methods).map(({ operationId }) => operationId),
  );
  expect(new Set(names).size).toBe(names.length);
});

test('a deck is documented with every media type it can be had as', () => {
  const answer = document.paths['/v1/jobs/{id}/cards']?.['get']?.responses['200'] as { content: object };
  const types = Object.values(FORMATS).map(({ mediaType }) => mediaType.replace(/;.*/, ''));
  expect(Object.keys(answer.content).sort()).toEqual([...new Set(types)].sort());
});

test('a body that may be left out is documented as such', () => {
  const bodies = document.paths['/v1/jobs/{id}/cards/{card_id}/regenerate']?.['post']?.requestBody;
  expect(bodies).toMatchObject({ required: false });
});
