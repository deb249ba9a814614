import { request } from 'node:http';
import { Pair, type Service } from '../../harness/stack/pair';
import { HOSTILE, ordinary, strained } from './hostile-texts';
import { Judge, MEASURED } from './turns';

jest.setTimeout(300_000);

let pair: Pair;
const api = (): Service => pair.apis[0] as Service;
const judge = new Judge(api);
beforeAll(async () => {
  pair = await Pair.start({ workers: 0, settings: { ...MEASURED, MAX_WAITING_JOBS: 1_000_000 } });
  for (let i = 0; i < 200; i += 1) await pair.submit({ text: ordinary(10_000, i) });
}, 120_000);
afterAll(async () => {
  process.stderr.write(judge.report('the API'));
  await pair.close();
});

const post = (body: unknown) => pair.call('POST', '/v1/jobs', body);
const JOB = 'aaaaaaaaaaaaaaaa';
const submitWith = (fields: object) => post({ text: 'A fact about plants.', ...fields });
const list = (count: number, value: string): string[] => Array.from({ length: count }, (_none, i) => `${i}${value}`);
const named = (count: number, value: string): Record<string, string> =>
  Object.fromEntries(list(count, value).map((one, i) => [`${i}${value.slice(0, 60)}`, one]));

/** Every field of a body that holds a client's text: its longest form, and the request that carries it. */
const FIELDS: readonly (readonly [field: string, length: number, send: (value: string, run: number) => Promise<unknown>])[] = [
  ['text', 9_990, (value, run) => post({ text: `${run}${value}` })],
  ['texts of a batch', 9_990, (value, run) => pair.call('POST', '/v1/jobs/batch', { jobs: list(50, `${run}${value}`).map((text) => ({ text })) })],
  ['options.focus', 300, (value) => submitWith({ options: { focus: value } })],
  ['options.title', 200, (value) => submitWith({ options: { title: value } })],
  ['options.language', 100_000, (value) => submitWith({ options: { language: value } })],
  ['options.types', 100, (value) => submitWith({ options: { types: list(250, value) } })],
  ['options.tags', 62, (value) => submitWith({ options: { tags: list(16, value) } })],
  ['options.tags, too many', 500, (value) => submitWith({ options: { tags: list(250, value) } })],
  ['options.model', 100_000, (value) => submitWith({ options: { model: value } })],
  ['metadata', 250, (value) => submitWith({ metadata: named(16, value) })],
  ['metadata, too much', 500, (value) => submitWith({ metadata: named(250, value) })],
  ['webhook.url', 100_000, (value) => submitWith({ webhook: { url: `https://example.org/${value}` } })],
  ['webhook.url, its host', 100_000, (value) => submitWith({ webhook: { url: `https://${value}.example.org/` } })],
  ['priority', 100_000, (value) => submitWith({ priority: value })],
  ['an unknown field', 100_000, (value) => submitWith({ [value]: value })],
  ['front', 2_000, (value) => pair.call('PATCH', `/v1/jobs/${JOB}/cards/c_000000000000`, { front: value, back: value })],
  ['choices', 500, (value) => pair.call('PATCH', `/v1/jobs/${JOB}/cards/c_000000000000`, { choices: list(5, value) })],
  ['a body that is no JSON', 100_000, (value) => post(value)],
  ['a body that is one text', 100_000, (value) => post(JSON.stringify(value))],
]; // prettier-ignore

test.each(FIELDS)('%s holds up nobody, whatever it is made of', (field, length, send) =>
  judge.judgeAll(
    HOSTILE.map(([name, piece]) => [
      `${field} of ${name}`,
      {
        hostile: (run) => send(strained(piece, length), run),
        ordinary: (run) => send(ordinary(length, run), run),
      },
    ]),
  ),
);

const BODY = 8_000_000;
const filled = (before: string, piece: string, after: string): string =>
  before + piece.repeat(Math.floor((BODY - before.length - after.length) / piece.length)) + after;
/** As many texts as a batch may hold, as long as they may be, in their longest form. */
const ordinaryBody = (run: number): string => {
  const escaped = [...ordinary(5_000, run)].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  return `{"jobs":[${Array.from({ length: 100 }, () => `{"text":"${escaped}"}`).join(',')}]}`;
}; // prettier-ignore

const BODIES: readonly (readonly [name: string, body: string])[] = [
  ['a list of four million zeros in a field', filled('{"jobs":[{"text":"A fact.","options":{"types":[0', ',0', ']}}]}')],
  ['lists in lists', filled('{"jobs":', '[', '')],
  ['objects in objects', filled('', '{"a":', '')],
  ['a million fields', filled('{"a":0', ',"a":0', '}')],
  ['a million items', filled('{"jobs":[{}', ',{}', ']}')],
  ['one text', filled('{"text":"', 'a', '"}')],
  ['one text of escaped marks', filled('{"text":"', '\\u0301\\u0327', '"}')],
  ['one text of backslashes', filled('{"text":"', '\\\\', '"}')],
  ['one name', filled('{"', 'a', '":0}')],
  ['one number', filled('{"text":', '1', '}')],
  ['blanks', filled('{"jobs":[]', ' ', '}')],
  ['quotation marks', filled('', '"', '')],
  ['bytes that are no UTF-8', filled('{"text":"', '\u00ff', '"}')],
]; // prettier-ignore

test.each(BODIES)('a body of 8 MB of %s holds up nobody', (name, body) =>
  judge.judge(`8 MB of ${name}`, {
    hostile: () => pair.call('POST', '/v1/jobs/batch', body),
    ordinary: (run) => pair.call('POST', '/v1/jobs/batch', ordinaryBody(run)),
  }),
);

const HEADERS = [
  'Accept', 'Authorization', 'Content-Type', 'Content-Encoding', 'Host', 'Idempotency-Key', 'If-None-Match', 'If-Match',
  'Last-Event-ID', 'Origin', 'Prefer', 'Sec-Fetch-Site', 'traceparent', 'X-Forwarded-For', 'X-Request-Id', 'User-Agent',
]; // prettier-ignore
const HEADER_LENGTH = 12_000;
/** What a header may hold at all. */
const SENDABLE = HOSTILE.filter(([, piece]) => /^[\t\x20-\x7E\x80-\xFF]*$/.test(piece));

/** A request whose headers are sent as they are; resolves with its end, whatever that is. */
const raw = (method: string, path: string, headers: Record<string, string>, body = ''): Promise<void> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(pair.url);
    const sent = request({ method, hostname, port, path, headers: { 'Content-Length': Buffer.byteLength(body), ...headers } }, (answer) => {
      answer.resume().on('close', resolve);
    }); // prettier-ignore
    sent.on('error', () => resolve()).end(body);
  });

test.each(HEADERS)('the header %s holds up nobody, whatever it is made of', (header) => {
  const send = async (value: string) => {
    await raw('GET', `/v1/jobs/${JOB}/events`, { [header]: value });
    await raw('POST', '/v1/jobs', { 'Content-Type': 'application/json', [header]: value }, '{"text":"A fact."}');
  };
  return judge.judgeAll(
    SENDABLE.map(([name, piece]) => [
      `${header} of ${name}`,
      { hostile: () => send(strained(piece, HEADER_LENGTH)), ordinary: (run) => send(ordinary(HEADER_LENGTH, run)) },
    ]),
  );
});

const QUERIES = [
  '/v1/jobs?limit=', '/v1/jobs?cursor=', '/v1/jobs?status=', `/v1/jobs/${JOB}?wait=`, `/v1/jobs/${JOB}/cards?after=`,
  `/v1/jobs/${JOB}/cards?format=`, `/v1/jobs/${JOB}/cards?deck=`, `/v1/jobs/${JOB}/events?after=`, '/v1/deliveries?cursor=',
  '/v1/jobs/', '/docs/', '/assets/', '/v1/jobs?', '/',
]; // prettier-ignore
const QUERY_LENGTH = 4_000;

test.each(QUERIES)('the path %s holds up nobody, whatever follows', (path) => {
  const send = (value: string) => raw('GET', path + encodeURIComponent(value), {});
  return judge.judgeAll(
    HOSTILE.map(([name, piece]) => [
      `${path} with ${name}`,
      { hostile: () => send(strained(piece, QUERY_LENGTH)), ordinary: (run) => send(ordinary(QUERY_LENGTH, run)) },
    ]),
  );
});
