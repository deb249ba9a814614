import Ajv2020 from 'ajv/dist/2020';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { errorRow } from '@flashcards/shared/contract/errors';
import { FORMATS } from '@flashcards/shared/formats/index';
import { openapiOf } from './openapi';
import { routes } from '../routes';

const endpoints = routes({ maxTextChars: 123, maxCards: 7, models: ['a/b'] });
const document = openapiOf(endpoints, '1.2.3') as {
  openapi: string;
  components: { schemas: Record<string, object> };
  paths: Record<
    string,
    Record<string, { responses: Record<string, unknown>; requestBody?: unknown; operationId: string }>
  >;
};

/** Where objects allow no other fields. */
function closedIn(value: unknown, place = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, each]) => closedIn(each, `${place}.${name}`));
  return 'additionalProperties' in value && value.additionalProperties === false ? [place, ...inner] : inner;
}

test('the document has every endpoint and no other', () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(documented.sort()).toEqual(endpoints.map(({ method, path }) => `${method} ${path}`).sort());
});

test('the limits of this deployment stand in the schema that validates and in the document', () => {
  const { SubmitRequest, Options } = document.components.schemas;
  expect(SubmitRequest).toMatchObject({ properties: { text: { maxLength: 123 } } });
  expect(Options).toMatchObject({ properties: { cards: { maximum: 7 } } });
});

test('the document says what a webhook gets, for each way a job can end', () => {
  const { webhooks } = document as unknown as { webhooks: Record<string, { post: { requestBody: unknown } }> };
  expect(Object.keys(webhooks)).toEqual(['job.completed', 'job.failed', 'job.canceled']);
  const sent = JSON.stringify([webhooks['job.failed'], document.components.schemas['WebhookJob']]);
  for (const part of ['webhook-signature', '"enum":["job.failed"]', '/WebhookJob"', 'retry_of'])
    expect(sent).toContain(part);
  expect(sent).not.toContain('/Deck"');
});

test('the document keeps to OpenAPI 3.1: every field, reference, parameter and example of it', async () => {
  const rules = [
    'struct', 'no-unresolved-refs', 'no-unused-components', 'security-defined', 'operation-operationId-unique',
    'path-parameters-defined', 'operation-parameters-unique', 'no-identical-paths', 'no-enum-type-mismatch',
    'no-invalid-media-type-examples', 'no-invalid-parameter-examples', 'no-invalid-schema-examples',
  ]; // prettier-ignore
  const config = await createConfig({ rules: Object.fromEntries(rules.map((rule) => [rule, 'error' as const])) });
  const source = JSON.stringify(openapiOf(routes({ maxTextChars: 10_000, maxCards: 50, models: ['a/b'] }), '1.2.3'));
  const problems = await lintFromString({ source, config });
  expect(problems.map(({ message, location }) => `${location[0]?.pointer}: ${message}`)).toEqual([]);
});

test('a schema that stands in several places is described once, under its name', () => {
  const inPlaces = JSON.stringify(document.paths);
  for (const name of ['Job', 'Problem', 'SubmitRequest', 'Delivery']) {
    expect(inPlaces).toContain(`{"$ref":"#/components/schemas/${name}"}`);
    expect(document.components.schemas[name]).toMatchObject({ type: 'object' });
  }
  expect(inPlaces).not.toContain('"cards_wanted"');
});

test('a client that validates answers accepts new fields, and a request with an unknown field is not valid', () => {
  const validator = new Ajv2020({ strict: false, validateFormats: false }).addSchema(document, 'openapi');
  const check = (name: string, value: unknown) => validator.validate(`openapi#/components/schemas/${name}`, value);
  const problem = {
    type: '/docs/errors#gone',
    title: 'Gone',
    status: 410,
    detail: 'Gone.',
    code: 'gone',
    request_id: 'a',
  };
  expect(check('Problem', { ...problem, added_later: { deep: 1 } })).toBe(true);
  expect(check('Problem', { ...problem, status: 'gone', added_later: 1 })).toBe(false);
  expect(check('SubmitRequest', { text: 'a' })).toBe(true);
  expect(check('SubmitRequest', { text: 'a', added_later: 1 })).toBe(false);
  expect(closedIn(document.paths).filter((place) => !place.includes('.requestBody.'))).toEqual([]);
  const { webhooks } = document as unknown as { webhooks: object };
  expect(closedIn(webhooks)).toEqual([]);
  const closed = Object.keys(document.components.schemas).filter(
    (name) => closedIn(document.components.schemas[name]).length > 0,
  );
  expect(closed).toEqual([
    'SubmitRequest',
    'Options',
    'Webhook',
    'BatchRequest',
    'BatchItem',
    'Replacement',
    'CardEdit',
  ]);
});

test('an answer that may be null is documented as such, with a list of values too', () => {
  expect(document.components.schemas['Job']).toMatchObject({
    properties: { result: { anyOf: [{ $ref: '#/components/schemas/Result' }, { type: 'null' }] } },
  });
  const { properties } = document.components.schemas['Delivery'] as { properties: { reason: { enum: unknown[] } } };
  expect(properties.reason.enum).toContain(null);
});

test('the end of a job in its stream is documented without cards', () => {
  expect(JSON.stringify(document.components.schemas['DeckSummary'])).not.toContain('"cards"');
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
