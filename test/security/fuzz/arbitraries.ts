import fc, { type Arbitrary } from 'fast-check';

/** As much of JSON Schema as the document uses. */
export interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: Schema;
}
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  readonly body: Schema | null;
  readonly isPublic: boolean;
}

export interface Case {
  readonly operation: Operation;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly hasKey: boolean;
}

/** Stands for the id of a job that is there, put in when the request is sent. */
export const LIVE_ID = 'live-id-of-a-job';

const WORDS = [
  'Basalt is a dark rock.',
  '光合作用是植物制造有机物的过程。',
  'a',
  '👩‍🔬',
  '\u202Eabc',
  '<b>x</b>',
  '{{c1::x}}',
  "'; DROP",
];
const ODD: readonly unknown[] = [
  null, true, -1, 0, 1e21, 1.5, Number.MAX_SAFE_INTEGER + 2, '', ' ', '\u0000', '\uD800', '\uFEFF', 'a'.repeat(11_000), [], {},
  [[[[[[[[[[]]]]]]]]]], { __proto__x: 1 }, { constructor: { prototype: {} } }, '__proto__', '../..', '%00', '\r\nX: y', '=1+1', 'null',
]; // prettier-ignore

function strings({ minLength = 0, maxLength = 40, pattern }: Schema): Arbitrary<string> {
  const plain = fc.oneof(
    fc.constantFrom(...WORDS),
    fc.string({ minLength, maxLength: Math.min(maxLength, 60) }),
    fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 20) }),
    fc.constantFrom(minLength, Math.min(maxLength, 10_001)).map((length) => '字'.repeat(length)),
  );
  if (pattern === undefined) return plain;
  try {
    return fc.oneof(
      { weight: 4, arbitrary: fc.stringMatching(new RegExp(pattern, 'u')) },
      { weight: 1, arbitrary: plain },
    );
  } catch {
    return plain;
  }
}

function objects(schema: Schema): Arbitrary<unknown> {
  const { properties = {}, required = [], patternProperties = {}, additionalProperties } = schema;
  const known = Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, valid(inner)]));
  const fixed = fc.record(known, { requiredKeys: required.filter((name) => name in known) });
  const free =
    Object.values(patternProperties)[0] ??
    (typeof additionalProperties === 'object' ? additionalProperties : undefined);
  if (!free) return fixed;
  return fc
    .tuple(fixed, fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), valid(free), { maxKeys: 4 }))
    .map(([a, b]) => ({ ...b, ...a }));
}

const KINDS: Readonly<Record<string, (schema: Schema) => Arbitrary<unknown>>> = {
  string: strings,
  integer: ({ minimum = -5, maximum = minimum + 2_000 }) =>
    fc.oneof(fc.integer({ min: minimum, max: maximum }), fc.constantFrom(minimum, maximum)),
  number: ({ minimum = -5, maximum = minimum + 2_000 }) =>
    fc.oneof(fc.double({ min: minimum, max: maximum, noNaN: true }), fc.constantFrom(minimum, maximum)),
  boolean: () => fc.boolean(),
  null: () => fc.constant(null),
  array: ({ items = {}, minItems = 0, maxItems = 4 }) =>
    fc.array(valid(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) }),
  object: objects,
};

/** Values that a schema allows, those at its bounds among them. */
export function valid(schema: Schema): Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice) return fc.oneof(...choice.map(valid));
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? ['string']);
  return fc.oneof(...types.map((type) => (KINDS[type] ?? strings)(schema)));
}

/** The same with something in it that is not allowed, somewhere. */
function mutated(value: unknown, odd: unknown, where: number): unknown {
  if (typeof value !== 'object' || value === null) return odd;
  const entries = Object.entries(value);
  if (entries.length === 0 || where % 7 === 0)
    return Array.isArray(value) ? [...(value as unknown[]), odd] : { ...value, [`odd${where % 3}`]: odd };
  const [name, inner] = entries[where % entries.length] as [string, unknown];
  if (where % 5 === 0)
    return Array.isArray(value) ? [] : Object.fromEntries(entries.filter(([other]) => other !== name));
  const next = mutated(inner, odd, Math.floor(where / 3));
  return Array.isArray(value) ? (value as unknown[]).with(Number(name), next) : { ...value, [name]: next };
}

const broken = (text: string, at: number, kind: number): string =>
  [
    text.slice(0, at % (text.length + 1)),
    `${text}${text}`,
    text.replace(/"/g, "'"),
    `[${text}`,
    `${text.slice(0, 3)}\u0000${text.slice(3)}`,
    '',
  ][kind % 6] as string;

function bodies(schema: Schema): Arbitrary<string> {
  const good = valid(schema);
  const odd = fc.constantFrom(...ODD);
  return fc.oneof(
    { weight: 1, arbitrary: good.map((value) => JSON.stringify(value)) },
    {
      weight: 5,
      arbitrary: fc
        .tuple(good, odd, fc.nat(999))
        .map(([value, bad, where]) => JSON.stringify(mutated(value, bad, where)) ?? ''),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(good, fc.nat(), fc.nat()).map(([value, at, kind]) => broken(JSON.stringify(value), at, kind)),
    },
    { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
  );
}

const ODD_PATHS = [
  '..',
  '%2e%2e',
  '%00',
  '%',
  '%E0%A4%A',
  'a',
  '-'.repeat(65),
  encodeURIComponent('光合'),
  '%2F%2F',
  'UPPERCASE-IDS',
  ';',
  '01993f5e-7c1a-7b7e-9d54-0d8a6a3c2f11',
];
const inPath = (): Arbitrary<string> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(LIVE_ID) }, { weight: 2, arbitrary: fc.stringMatching(/^[a-z0-9_-]{8,20}$/) }, { weight: 1, arbitrary: fc.constantFrom(...ODD_PATHS) }); // prettier-ignore

// Waits are kept short: what is looked for is not time.
const inQuery = ({ name, schema }: Parameter): Arbitrary<string> =>
  name === 'wait'
    ? fc.constantFrom('0', '-1', '61', 'x', '1.5', '')
    : fc
        .oneof(valid(schema).map(String), fc.constantFrom(...ODD).map(String))
        .map((text) => encodeURIComponent(text.toWellFormed().slice(0, 300)));

const HEADERS: Arbitrary<Record<string, string>> = fc.record(
  {
    'Idempotency-Key': fc.constantFrom('one', 'two', '', 'x'.repeat(256), 'a b', '\t'),
    Prefer: fc.constantFrom('respond-async', 'wait=0', 'wait=-1', 'wait=x', ', ,', 'handling=lenient; wait=0'),
    'Cache-Control': fc.constantFrom('no-cache', 'no-store', 'max-age=0, no-cache', ',,'),
    'If-None-Match': fc.constantFrom('"1"', 'W/"2"', '*', '"x', '', '"1","2"'),
    'Last-Event-ID': fc.constantFrom('0', '3', '-1', 'x', '99999999999999999999'),
    Accept: fc.constantFrom('*/*', 'application/json', 'text/html', 'application/json;q=0', 'x', ''),
    traceparent: fc.constantFrom('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'x', ''),
    'X-Request-Id': fc.constantFrom('abc', 'a b', '<x>', 'x'.repeat(200)),
    'Content-Type': fc.constantFrom('application/json', 'application/json; charset=utf-8', 'text/plain', '', 'application/json; charset=latin1'),
    'Content-Encoding': fc.constantFrom('gzip', 'identity', 'br', 'x'),
    'Sec-Fetch-Site': fc.constantFrom('same-origin', 'same-site', 'cross-site', 'none', ''),
    Origin: fc.constantFrom('null', 'https://evil.example', 'http://127.0.0.1', ''),
  },
  { requiredKeys: [] },
); // prettier-ignore

/** Requests of one operation: as it is documented, at the bounds, and beyond them. */
export function cases(operation: Operation): Arbitrary<Case> {
  const { path, parameters, body, isPublic } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([whole]) => whole);
  const queries = parameters.filter((one) => one.in === 'query');
  const query = fc.record(Object.fromEntries(queries.map((one) => [one.name, inQuery(one)])), { requiredKeys: [] });
  return fc
    .record({
      ids: fc.tuple(...names.map(inPath)),
      query: fc.oneof(
        { weight: 4, arbitrary: query },
        { weight: 1, arbitrary: query.map((known) => ({ ...known, odd: '1' })) },
      ),
      headers: fc.oneof(
        { weight: 3, arbitrary: fc.constant<Record<string, string>>({}) },
        { weight: 1, arbitrary: HEADERS },
      ),
      body: body
        ? fc.oneof({ weight: 20, arbitrary: bodies(body) }, { weight: 1, arbitrary: fc.constant('') })
        : fc.constant(null),
      hasKey: isPublic ? fc.boolean() : fc.integer({ min: 0, max: 49 }).map((n) => n > 0),
    })
    .map(({ ids, query: parameters, headers, body: sent, hasKey }) => {
      const filled = names.reduce((text, name, i) => text.replace(name, ids[i] as string), path);
      const search = Object.entries(parameters as Record<string, string>)
        .map(([name, value]) => `${name}=${value}`)
        .join('&');
      const typed = sent === null ? headers : { 'Content-Type': 'application/json', ...headers };
      return { operation, url: filled + (search ? `?${search}` : ''), headers: typed, body: sent, hasKey };
    });
}
