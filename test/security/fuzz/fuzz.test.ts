import { randomInt } from 'node:crypto';
import { Agent, request } from 'node:http';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';
import fc from 'fast-check';
import { KEYED, type MadeKey, makeKey } from '../../harness/stack/keys';
import { Pair } from '../../harness/stack/pair';
import { type Case, LIVE_ID, type Operation, type Parameter, type Schema, cases } from './arbitraries';

// `npm run test:fuzz` asks for more of them; with the seed that it prints it asks for the same again.
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 2_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? randomInt(2 ** 31));
const AT_ONCE = 32;
const BATCH = 2_000;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}
interface Described {
  readonly parameters?: readonly Parameter[];
  readonly security?: readonly unknown[];
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: Schema } } };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> }>
  >;
}
interface Got {
  readonly status: number;
  readonly type: string;
  readonly text: string | null;
}

jest.setTimeout(30 * 60_000);
let pair: Pair;
let key: MadeKey;
let document: Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
beforeAll(async () => {
  const settings = {
    ...KEYED,
    RATE_LIMIT_PER_MINUTE: 0,
    REFUSED_PER_MINUTE: 0,
    TRUST_PROXY_HOPS: 1,
    LOG_LEVEL: 'error',
    MAX_WAIT_SECONDS: 0,
    WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
  };
  pair = await Pair.start({ workers: 1, settings });
  key = await makeKey(pair, 'fuzz');
  document = (await pair.call('GET', '/openapi.json')).body as Document;
  ajv.addSchema(closed(document), 'openapi');
});
afterAll(async () => {
  agent.destroy();
  await pair.close();
});

/** The operations with each reference to a named schema replaced by that schema. */
const operationsOf = (): Operation[] =>
  Object.entries(withoutReferences(document).paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody, security }]) => ({
      method: method.toUpperCase(),
      path,
      parameters,
      body: requestBody?.content['application/json'].schema ?? null,
      isPublic: security?.length === 0,
    })),
  );

const withoutReferences = ({ paths, components }: Document): Document =>
  JSON.parse(
    JSON.stringify({ paths, components }, (_name, value: { $ref?: string } | null) =>
      typeof value?.$ref === 'string' ? components.schemas[value.$ref.split('/').at(-1) ?? ''] : value,
    ),
  ) as Document;

/** The document with no other fields in answers than those it names: clients take more, but nothing undocumented is sent. */
const closed = (open: Document): Document =>
  JSON.parse(
    JSON.stringify(open, (_name, value: Schema | null) =>
      value?.properties ? { additionalProperties: false, ...value } : value,
    ),
  ) as Document;

const live: string[] = [];
/** A job that is there now and then; jobs are erased here as often as they are made. */
const someId = (): string => live[randomInt(Math.max(live.length, 1))] ?? 'none-was-made';

function send({ operation, url, headers, body, hasKey }: Case): Promise<Got> {
  const { hostname, port } = new URL(pair.url);
  const address = `10.${randomInt(256)}.${randomInt(256)}.${randomInt(256)}`;
  const all = {
    ...headers,
    ...(hasKey ? { Authorization: `Bearer ${key.key}` } : {}),
    'X-Forwarded-For': address,
    ...(body === null ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }),
  };
  const path = url.replaceAll(LIVE_ID, someId());
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, agent, method: operation.method, path, headers: all }, (answer) => {
      const type = (answer.headers['content-type'] ?? '').split(';')[0] as string;
      const got = { status: answer.statusCode ?? 0, type };
      if (type === 'text/event-stream') {
        resolve({ ...got, text: null });
        return void answer.destroy();
      }
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ ...got, text: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('error', reject).end(body ?? undefined);
  });
}

const validators = new Map<string, ValidateFunction>();
function validatorOf(pointer: string): ValidateFunction {
  const known = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#${pointer}` });
  validators.set(pointer, known);
  return known;
}
const escaped = (text: string): string => encodeURIComponent(text.replaceAll('~', '~0').replaceAll('/', '~1'));

/** What is wrong with an answer, or ''. */
function faultOf({ operation: { method, path } }: Case, { status, type, text }: Got): string {
  if (status >= 500 && status !== 503 && !(path === '/generate' && [502, 504].includes(status)))
    return 'a server error';
  const responses = document.paths[path]?.[method.toLowerCase()]?.responses ?? {};
  // A path that a parameter has bent is another path.
  if (status === 404 && (JSON.parse(text ?? '{}') as { code?: string }).code === 'not_found') return '';
  if (status === 405) return '';
  const described = responses[String(status)];
  if (!described) return 'an undocumented status';
  if (!text || !/json/.test(type)) return '';
  if (!described.content?.[type]) return described.content || status < 300 ? `an undocumented type ${type}` : '';
  if (!described.content[type].schema) return '';
  const pointer = `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${status}/content/${escaped(type)}/schema`;
  const validate = validatorOf(pointer);
  return validate(JSON.parse(text)) ? '' : `not by its schema: ${ajv.errorsText(validate.errors).slice(0, 400)}`;
}

function remember(text: string | null): void {
  const [, id] = /^\{"id":"([a-z0-9_-]{8,64})","status":/.exec(text ?? '') ?? [];
  if (id === undefined) return;
  if (live.length < 200) live.push(id);
  else live[randomInt(200)] = id;
}

async function runAll(batch: readonly Case[], counts: Map<number, number>): Promise<string[]> {
  const faults: string[] = [];
  const queue = [...batch];
  async function worker(): Promise<void> {
    for (let one = queue.pop(); one; one = queue.pop()) {
      const got = await send(one);
      counts.set(got.status, (counts.get(got.status) ?? 0) + 1);
      remember(got.text);
      const fault = faultOf(one, got);
      if (fault && faults.length < 10)
        faults.push(
          `${fault}: ${one.operation.method} ${one.url.slice(0, 300)} ${JSON.stringify(one.headers)} ${(one.body ?? '').slice(0, 300)} -> ${got.status} ${(got.text ?? '').slice(0, 300)}`,
        );
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return faults;
}

test(`${REQUESTS} requests made from the document get documented answers and no server error`, async () => {
  const arbitrary = fc.oneof(...operationsOf().map(cases));
  const counts = new Map<number, number>();
  const start = Date.now();
  for (let done = 0; done < REQUESTS; done += BATCH) {
    const numRuns = Math.min(BATCH, REQUESTS - done);
    const faults = await runAll(fc.sample(arbitrary, { numRuns, seed: SEED + done }), counts);
    if (faults.length > 0) throw new Error(`Seed ${SEED}, after ${done} requests:\n${faults.join('\n')}`);
  }
  const statuses = [...counts].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  process.stdout.write(
    `fuzz: seed ${SEED}, ${REQUESTS} requests in ${Date.now() - start} ms; ${statuses.join(', ')}\n`,
  );
  expect([...counts.keys()].filter((status) => status >= 200 && status < 300).length).toBeGreaterThan(0);
});
