import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { ask, control, eventsIn, streamedContent } from '../fixtures/talk';
import { startStandin } from '../index';
import type { Standin } from '../index';
import { scenarioDocs } from './scenario-docs';
import { contents } from './contents';
import { statuses } from './statuses';
import { SCENARIO_GROUPS, SCENARIOS } from './table';

let standin: Standin;
beforeAll(async () => {
  standin = await startStandin();
});
afterAll(() => standin.close());

const PATIENCE_MS = 150;
/** For what ends by itself: only a broken scenario takes so long. */
const MORE_PATIENCE_MS = 5_000;

/** What a client with little patience sees. */
async function seen(
  model: string,
  stream = false,
  patienceMs = MORE_PATIENCE_MS,
): Promise<{ status: number; body: string; end: string; reply: Response | null }> {
  let reply: Response | null = null;
  let body = '';
  try {
    reply = await ask(standin, { model, stream, signal: AbortSignal.timeout(patienceMs) });
    for await (const bytes of reply.body ?? []) body += Buffer.from(bytes).toString('latin1');
    return { status: reply.status, body: Buffer.from(body, 'latin1').toString(), end: 'ended', reply };
  } catch (error) {
    const end = (error as Error).name === 'TimeoutError' ? 'timed out' : 'reset';
    return { status: reply?.status ?? 0, body: Buffer.from(body, 'latin1').toString(), end, reply };
  }
}

it('has every name once', () => {
  const names = Object.values(SCENARIO_GROUPS).flatMap((table) => Object.keys(table));
  expect(new Set(names).size).toBe(names.length);
});

it('is documented in the README as it is', () => {
  expect(readFileSync(join(__dirname, '../../README.md'), 'utf8')).toContain(scenarioDocs());
});

it.each(Object.keys(SCENARIOS))('%s leaves nothing behind, streaming or not', async (name) => {
  await control(standin, 'POST', '/reset');
  await seen(`sim/${name}`, false, PATIENCE_MS);
  await seen(`sim/${name}`, true, PATIENCE_MS);
  const until = Date.now() + 1000;
  let inFlight = 1;
  while (inFlight > 0 && Date.now() < until) inFlight = (await control(standin, 'GET', '/metrics')).in_flight;
  expect(inFlight).toBe(0);
});

it.each(Object.keys(statuses).filter((name) => /^[45]\d\d/.test(name)))(
  '%s has its status and says so',
  async (name) => {
    const { status, body, reply } = await seen(`sim/${name}`);
    expect(status).toBe(Number(name.slice(0, 3)));
    expect(reply?.headers.get('x-generation-id')).toMatch(/^gen-/);
    if (name !== '429_text' && name !== '400_zod') expect(JSON.parse(body).error.code).toBe(status);
  },
);

it.each(Object.keys(contents))('%s is a 200 that parses, with odd content', async (name) => {
  const { status, body } = await seen(`sim/${name}`);
  expect(status).toBe(200);
  expect(JSON.parse(body).choices).toHaveLength(1);
});

it.each([
  ['reset_before_headers', 0, 'reset'],
  ['reset_after_headers', 200, 'reset'],
  ['reset_after_bytes;n=100', 200, 'reset'],
  ['unterminated_chunk', 200, 'reset'],
  ['hang_before_headers', 0, 'timed out'],
  ['hang_after_headers', 200, 'timed out'],
  ['hang_mid_body', 200, 'timed out'],
  ['no_close', 200, 'timed out'],
  ['comments_forever;every_ms=20', 200, 'timed out'],
  ['stall', 200, 'timed out'],
  ['drip', 200, 'timed out'],
  ['pad;every_ms=20', 200, 'timed out'],
  ['slow', 0, 'timed out'],
  ['split_utf8', 200, 'ended'],
])('%s ends as it should', async (spec, status, end) => {
  expect(
    await seen(
      `sim/${spec};content=canned`,
      !spec.startsWith('slow'),
      end === 'timed out' ? PATIENCE_MS : MORE_PATIENCE_MS,
    ),
  ).toMatchObject({
    status,
    end,
  });
});

it('puts its hint in the places that were asked for', async () => {
  const { reply, body } = await seen('sim/429;retry_after=7;hint_place=retry_after_seconds,availability');
  expect(reply?.headers.get('retry-after')).toBeNull();
  expect(JSON.parse(body).error).toMatchObject({
    metadata: { retry_after_seconds: 7 },
    availability: { retry_after: 7 },
  });
});

it('tells apart the shapes of an error in the stream', async () => {
  const last = async (shape: string): Promise<string | undefined> =>
    eventsIn((await seen(`sim/mid_error;shape=${shape};content=canned`, true)).body).at(-1);
  expect(JSON.parse((await last('standard')) ?? '')).toMatchObject({
    error: { code: 502 },
    choices: [{ finish_reason: 'error' }],
  });
  expect(JSON.parse((await last('choices_empty')) ?? '').choices).toEqual([]);
  expect(JSON.parse((await last('code_string')) ?? '').error.code).toBe('server_error');
  expect(JSON.parse((await last('choice_error')) ?? '').choices[0].error.code).toBe(502);
  expect(await last('then_done')).toBe('[DONE]');
});

it.each(['crlf', 'comment_first', 'split_utf8', 'usage_empty_choices', 'extra_fields', 'bom', 'no_done'])(
  '%s still carries the whole answer',
  async (name) => {
    const { body } = await seen(`sim/${name};content=canned`, true);
    expect(JSON.parse(streamedContent(body)).cards).toHaveLength(3);
  },
);
