import { parseCidrs } from '@flashcards/shared/security/addresses';
import { AppError } from '@flashcards/shared/contract/errors';
import { jsonSchema } from '../docs/json-schema';
import { adminRoutes, routes } from '../routes';
import { validate } from './validate';

/** As much of JSON Schema as the document uses of bodies. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of a map. */
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
}

const MARKED = `a${'\u0301\u0327'.repeat(16)}`;

/** A body for each of its strings, with that one alone in it: where it is, whether anything may stand there, the body. */
function bodies(schema: Schema): (readonly [pointer: string, isFree: boolean, body: unknown])[] {
  const { type, items, properties = {}, additionalProperties } = schema;
  if (type === 'string') return [['', !schema.enum && new RegExp(schema.pattern ?? '', 'u').test(MARKED), MARKED]];
  if (items) return bodies(items).map(([pointer, isFree, body]) => [`/0${pointer}`, isFree, [body]]);
  const fields = { ...properties, ...(additionalProperties && { free: additionalProperties }) };
  return Object.entries(fields).flatMap(([key, inner]) =>
    bodies(inner).map(([pointer, isFree, body]) => [`/${key}${pointer}`, isFree, { [key]: body }] as const),
  );
}

const endpoints = [
  ...routes({ maxTextChars: 10_000, maxCards: 50, models: ['a/b'], webhooks: parseCidrs('') }),
  ...adminRoutes,
];
const fields = endpoints.flatMap(({ method, path, body, documentedBody = body }) => {
  if (!documentedBody) return [];
  return bodies(jsonSchema(documentedBody) as Schema).map(
    ([pointer, ...rest]) => [`${method} ${path}`, pointer, documentedBody, ...rest] as const,
  );
});

test('the fields that are looked at are those of all endpoints', () => {
  const pointers = fields.filter(([, , , isFree]) => isFree).map(([, pointer]) => pointer);
  for (const one of ['/text', '/options/tags/0', '/metadata/free', '/jobs/0/webhook/url', '/front', '/name'])
    expect(pointers).toContain(one);
});

test.each(fields)('%s refuses a run of marks at %s', (_endpoint, pointer, schema, isFree, body) => {
  let refusal: unknown;
  try {
    validate(schema, body);
  } catch (error) {
    refusal = error;
  }
  const errors = refusal instanceof AppError ? (refusal.details.errors ?? []) : [];
  const details = errors.filter((one) => one.pointer === pointer).map(({ detail }) => detail);
  expect(details.length).toBeGreaterThan(0);
  const expected = 'has 32 combining marks in a row at offset 1 (in UTF-16 code units); at most 30 are allowed';
  if (isFree) expect(details).toEqual([expected]);
});

test('a URL that breaks a rule is not parsed, so that no host of a client is normalised', () => {
  const hook = (url: string) => ({ text: 'A.', webhook: { url } });
  const [submit] = endpoints;
  for (const url of [`https://${'\u0301\u0327'.repeat(20)}/`, `https://10.0.0.1/${'a'.repeat(3_000)}`])
    expect(submit?.body?.validate(hook(url), { abortEarly: false }).error?.details).toHaveLength(1);
});
