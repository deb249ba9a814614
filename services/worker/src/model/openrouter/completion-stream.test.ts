import { Readable } from 'node:stream';

import { readAnswer, verdictOf } from './completion-stream';
import { watched } from './call-watch';
import { ModelError } from '../port';

/** Reads a body that comes as one piece, to its verdict. */
const read = (answered: string, type = 'text/event-stream') =>
  watched(new AbortController().signal, 5000, async (watch) => {
    let text = '';
    const body = Readable.from([Buffer.from(answered)], { objectMode: false });
    const onContent = (delta: string): void => void (text += delta);
    const { answer } = await readAnswer(
      { body, headers: { 'content-type': type } },
      { watch, contentGapMs: 5000, onContent },
    );
    const verdict = verdictOf(answer);
    if (verdict !== null) throw verdict;
    return { ...answer, text };
  });

const TEXT = 'né 日本 😀';
const usage = { prompt_tokens: 7, completion_tokens: 3, cost: 0.25 };
const USAGE = { input_tokens: 7, output_tokens: 3, cost_usd: 0.25 };
const events = (...chunks: object[]): string => chunks.map((data) => `data: ${JSON.stringify(data)}\n\n`).join('');
const DONE = 'data: [DONE]\n\n';
const chunk = (content: unknown, finish: string | null = null, more: object = {}) => ({
  id: 'gen-1',
  model: 'a/b',
  choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }],
  ...more,
});
const end = (finish = 'stop'): object => chunk('', finish, { usage });
const GOOD = events(chunk('né '), chunk('日本 😀'), chunk('', 'stop'), end()) + DONE;

describe('a whole answer is accepted', () => {
  const rows: [string, string, object?][] = [
    ['as it is recorded', GOOD, { model: 'a/b', generationId: 'gen-1', usage: USAGE, finishReason: 'stop' }],
    ['with comments first', `${': OPENROUTER PROCESSING\n\n'.repeat(3)}${GOOD}`],
    ['with a byte order mark', `\uFEFF${GOOD}`],
    ['with lines that end in CR', GOOD.replaceAll('\n', '\r')],
    ['without a space after `data:`', GOOD.replaceAll('data: ', 'data:')],
    ['with data over two lines', GOOD.replaceAll(',"model"', '\ndata: ,"model"')],
    ['with fields nobody knows', `retry: x\nfoo: bar\n\n${GOOD}`],
    ['with usage beside no choices', events(chunk(TEXT, 'stop'), { choices: [], usage }) + DONE, { usage: USAGE }],
    ['without [DONE] and the last empty line', events(chunk(TEXT), end()).trimEnd(), { usage: USAGE }],
    ['with half an event after its finish', `${events(chunk(TEXT), end())}data: {"id`, { usage: USAGE }],
    ['with anything after [DONE]', `${GOOD}data: {"error":{}}\n\n`],
    ['without usage', events(chunk(TEXT, 'stop')) + DONE, { usage: null }],
    [
      'without a cost, which is then unknown',
      events(chunk(TEXT, 'stop', { usage: { ...usage, cost: null } })) + DONE,
      { usage: { ...USAGE, cost_usd: null } },
    ],
    ['cut by its length', events(chunk(TEXT), end('length')) + DONE, { finishReason: 'length' }],
    ['cut by its length, in the words of a provider', events(chunk(TEXT, 'MAX_TOKENS')), { finishReason: 'length' }],
    ['with a finish reason nobody knows', events(chunk(TEXT), end('brand_new')), { finishReason: 'unknown' }],
    ['with reasoning first', events({ choices: [{ delta: { content: '', reasoning: 'hm' } }] }) + GOOD],
    ['with a list of parts', events(chunk([{ type: 'text', text: TEXT }, null]), end()) + DONE],
  ];
  test.each(rows)('%s', async (_title, body, expected = {}) => {
    expect(await read(body)).toMatchObject({ text: TEXT, ...expected });
  });

  const message = { choices: [{ message: { content: TEXT }, finish_reason: 'stop' }], usage };
  test.each([
    ['as JSON', JSON.stringify(message)],
    ['as JSON after much white space', `\n \n${JSON.stringify(message)}\n`],
    ['as events', GOOD],
    ['as events after a comment', `: x\n\n${GOOD}`],
  ])('%s under another content type', async (_title, body) => {
    expect(await read(body, 'text/plain')).toMatchObject({ text: TEXT, usage: USAGE });
  });

  test('when nothing came before its length was used up: the caller decides', async () => {
    expect(await read(events(end('length')) + DONE)).toMatchObject({ text: '', finishReason: 'length', usage: USAGE });
  });
});

const failure = async (body: string, type?: string): Promise<ModelError> => {
  const error: unknown = await read(body, type).catch((reason: unknown) => reason);
  if (!(error instanceof ModelError)) throw error;
  return error;
};

describe('what is no answer is named', () => {
  const rows: [string, string, object][] = [
    ['an error first', events({ error: { code: 429 }, choices: [] }), { reason: 'error_in_200', action: 'pause' }],
    ['an error later', events(chunk('a'), { error: { code: 'server_error' } }) + DONE, { reason: 'error_mid_stream' }],
    [
      'an error in a choice',
      events(chunk('a'), { choices: [{ error: { code: 502 } }] }),
      { reason: 'error_mid_stream' },
    ],
    [
      'an error beside the last content and its usage',
      events({ ...chunk('a', 'error', { usage }), error: { code: 502 } }),
      { usage: USAGE, billed: 'yes' },
    ],
    ['the finish reason `error` alone', events(chunk('a', 'error')) + DONE, { reason: 'finish_error' }],
    ['no choices', events({ id: 'x' }, { choices: [] }, { choices: null }) + DONE, { reason: 'no_choices' }],
    ['no events', '', { reason: 'no_choices', code: 'model_output_invalid' }],
    ['no finish reason', events(chunk('a')) + DONE, { reason: 'no_finish', billed: 'maybe' }],
    ['half an event', `${events(chunk('a'))}data: {"cho`, { reason: 'bad_event', code: 'model_output_invalid' }],
    ['an event that is no object', `data: 3\n\n`, { reason: 'bad_event' }],
    ['an event without end', `data: ${'x'.repeat(1100 * 1024)}`, { reason: 'too_large', action: 'change' }],
    ['blank content', events(chunk(' \n'), end()) + DONE, { reason: 'blank', action: 'change', billed: 'yes' }],
    ['null content', events(chunk(null, 'stop')) + DONE, { reason: 'blank', billed: 'yes' }],
    ['a filter', events(chunk('a'), end('content_filter')), { reason: 'content_filter', usage: USAGE }],
    ['a refusal', events({ choices: [{ delta: { refusal: 'no' }, finish_reason: 'stop' }] }), { reason: 'refusal' }],
  ];
  test.each(rows)('%s', async (_title, body, expected) => expect(await failure(body)).toMatchObject(expected));

  test.each([
    ['text', 'hello', 'text'],
    ['half a JSON', '{"choices":[', 'text'],
    ['nothing', '', 'empty_body'],
    ['white space', ' \n \n', 'empty_body'],
    ['a page', '\n<!DOCTYPE html>', 'html'],
    ['JSON that is no object', '[1]', 'bad_event'],
    ['JSON without choices', '{}', 'no_choices'],
    ['an error as JSON', '{"error":{"code":500}}', 'error_in_200'],
    ['blank content as JSON', '{"choices":[{"message":{"content":null},"finish_reason":"stop"}]}', 'blank'],
  ])('%s where no events are', async (_title, body, reason) => {
    expect(await failure(body, 'application/json')).toMatchObject({ reason });
  });
});
