import { ADMIN_BOUNDS, type BodyBounds, batchBounds, submitBounds } from '@flashcards/shared/contract/body-bounds';
import { AppError } from '@flashcards/shared/contract/errors';
import { parseCidrs } from '@flashcards/shared/security/addresses';
import type { Endpoint } from './endpoint';
import { readJson } from './json-body';
import { jsonSchema } from '../docs/json-schema';
import { adminRoutes, routes } from '../routes';

const BOUNDS: BodyBounds = { bytes: 1_000, depth: 3, entries: 4, nodes: 12, stringBytes: 5 };
const refusalOf = (body: string | Uint8Array, bounds = BOUNDS): string | undefined => {
  try {
    readJson(typeof body === 'string' ? Buffer.from(body) : body, bounds);
    return undefined;
  } catch (error) {
    if (error instanceof AppError && error.code === 'malformed_request') return error.message;
    throw error;
  }
};

test.each([
  ['levels', '[[[]]]', '[[[[]]]]', 'The body has more than 3 levels of lists and objects (at byte 3). At most 3 are allowed.'],
  ['entries of a list', '[0,0,0,0]', '[0,0,0,0,0]', 'The body has a list or an object with more than 4 entries (at byte 8). At most 4 are allowed.'],
  ['fields of an object', '{"a":0,"b":0,"c":0,"d":0}', '{"a":0,"b":0,"c":0,"d":0,"e":0}', 'The body has a list or an object with more than 4 entries (at byte 24). At most 4 are allowed.'],
  ['names and values', '[[0,0,0],[0,0,0],[0,0]]', '[[0,0,0],[0,0,0],[0,0,0]]', 'The body has more than 12 names and values (at byte 21). At most 12 are allowed.'],
  ['names and values, names too', '{"a":[0,0,0],"b":[0,0,0]}', '{"a":[0,0,0],"b":[0,0,0],"c":0}', 'The body has more than 12 names and values (at byte 28). At most 12 are allowed.'],
  ['bytes of a string', '["12345"]', '["123456"]', 'The body has a string of 6 bytes (at byte 1). At most 5 are allowed.'],
  ['bytes of a name', '{"12345":0}', '{"123456":0}', 'The body has a string of 6 bytes (at byte 1). At most 5 are allowed.'],
])('a body has so many %s and no more, and the refusal says where and how many', (_what, full, over, message) => {
  expect(refusalOf(full)).toBeUndefined();
  expect(refusalOf(over)).toBe(message);
}); // prettier-ignore

test.each([
  ['brackets and commas', '["[,{:"]'],
  ['an escaped quote', '["\\"[[["]'],
  ['an escaped backslash at its end', '["\\\\",0]'],
  ['nothing', '["",""]'],
])('what stands in a string counts as nothing else: %s', (_what, body) => {
  expect(refusalOf(body)).toBeUndefined();
});

test('a value after a string with escapes is counted', () => {
  expect(refusalOf('["\\\\",0,0,0,0]')).toContain('more than 4 entries');
});

test('what a parser gets through before it meets a fault is within the bounds too', () => {
  for (const end of ['', '}', ']]', '"', '"\\', ',,', '\u0000'])
    expect(refusalOf(`[${'0,'.repeat(1_000)}${end}`)).toContain('more than 4 entries');
});

test.each(['', '{', '7', 'null', '"a"', '{"a":NaN}', "{'a':1}", '{"a":"b",}', ']', '"', '"\\', '\uFEFF'])(
  '%j is no body, and says so',
  (body) => {
    expect(refusalOf(body)).toMatch(/^The body (is not JSON|must be a JSON object)\.$/);
  },
);

test('a byte order mark before the JSON is ignored', () => {
  expect(readJson(Buffer.from('\uFEFF{"a":1}'), BOUNDS)).toEqual({ a: 1 });
});

test.each([
  ['a byte that is in no character', [0xff]],
  ['half a character', [0xe5, 0x85]],
  ['a character in more bytes than it takes', [0xc0, 0xaf]],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
])('a body with %s is not valid UTF-8', (_what, bytes) => {
  const body = Buffer.concat([Buffer.from('["'), Buffer.from(bytes), Buffer.from('"]')]);
  expect(refusalOf(body)).toBe('The body is not valid UTF-8.');
});

test('a field named __proto__ is refused at any level, also where it is escaped', () => {
  for (const body of ['{"__proto__":1}', '[{"a":{"__proto__":1}}]', '{"\\u005f_proto__":{}}'])
    expect(refusalOf(body, { ...BOUNDS, stringBytes: 20 })).toBe('The body has a field named __proto__.');
});

/** As much of JSON Schema as the document uses of bodies. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Of a map. */
  readonly additionalProperties?: Schema | false;
  readonly maxProperties?: number;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly maxLength?: number;
}

/** A value with every field there, and each as long as it may be. */
function fullest({ type, ...schema }: Schema): unknown {
  if (type === 'array') {
    const { items = {}, maxItems = items.enum?.length ?? 1 } = schema;
    return Array.from({ length: maxItems }, () => fullest(items));
  }
  if (type !== 'object') return type === 'string' ? '𠮷'.repeat(schema.maxLength ?? 10) : 0;
  const named = Object.entries(schema.properties ?? {}).map(([name, inner]) => [name, fullest(inner)]);
  const { additionalProperties: inner, maxProperties = 1 } = schema;
  const free = Array.from({ length: inner ? maxProperties : 0 }, (_none, i) => [
    `${i}${'𠮷'.repeat(62)}`,
    inner && fullest(inner),
  ]);
  return Object.fromEntries([...named, ...free]) as unknown;
}

const MAX_TEXT_CHARS = 10_000;
const LIMITS = { maxTextChars: MAX_TEXT_CHARS, maxCards: 50, models: ['a/b'], webhooks: parseCidrs('') };
const withBody = (endpoints: readonly Endpoint[], bounds: BodyBounds) =>
  endpoints.flatMap(({ method, path, body, documentedBody = body, bodyBounds = bounds }) =>
    documentedBody ? [[`${method} ${path}`, jsonSchema(documentedBody) as Schema, bodyBounds] as const] : [],
  );

test.each([...withBody(routes(LIMITS), submitBounds(MAX_TEXT_CHARS)), ...withBody(adminRoutes, ADMIN_BOUNDS)])(
  'the fullest body that %s documents is within its bounds',
  (_name, schema, bounds) => {
    const body = Buffer.from(JSON.stringify(fullest(schema)));
    expect(body.length).toBeLessThanOrEqual(bounds.bytes);
    expect(refusalOf(body, bounds)).toBeUndefined();
  },
);

test('where only short texts are taken, the other fields may be as long as ever', () => {
  const body = Buffer.from(JSON.stringify({ text: 'A', webhook: { url: `https://example.com/${'a'.repeat(2_028)}` } }));
  expect(refusalOf(body, submitBounds(1))).toBeUndefined();
});

test('a text of the longest characters in their longest form is within the bounds of a submit', () => {
  const body = `{"text":"${'\\ud842\\udfb7'.repeat(MAX_TEXT_CHARS)}"}`;
  for (const bounds of [submitBounds(MAX_TEXT_CHARS), batchBounds(MAX_TEXT_CHARS)])
    expect(refusalOf(body, bounds)).toBeUndefined();
});
