import { sever, startReply, wait } from '../http/call';
import type { Call } from '../http/call';
import type { Delivery, MidError } from '../chat/delivery';
import { isObject } from '../chat/chat-request';
import { numberParam } from './scenario';
import type { Params, Scenario, ScenarioTable } from './scenario';
import { COMMENT } from '../chat/stream-events';

type Change = Partial<Delivery>;

const travels = (
  about: string,
  change: Change | ((params: Params, call: Call) => Change),
  params?: Scenario['params'],
): Scenario => ({
  about,
  ...(params ? { params } : {}),
  run: (call, given, serve) => serve({ delivery: typeof change === 'function' ? change(given, call) : change }),
});

const LOST = { billed: '`sent`, `full` or `none`: what the lost answer costs' };
const lost = (params: Params, otherwise: Delivery['whenLost']): Pick<Delivery, 'whenLost'> => {
  const { billed } = params;
  return { whenLost: billed === 'sent' || billed === 'full' || billed === 'none' ? billed : otherwise };
};

/** Changes the result's JSON; a stream's every event. */
const rewritten = (change: (json: Record<string, unknown>) => void): Change => ({
  rewrite: (body) => {
    const one = (json: string): string => {
      const parsed: unknown = JSON.parse(json);
      if (isObject(parsed)) change(parsed);
      return JSON.stringify(parsed);
    };
    return body.startsWith('{')
      ? one(body)
      : body.replace(/^data: (\{.*)$/gm, (_line, json: string) => `data: ${one(json)}`);
  },
});

/** The service sends comments (SSE) or blanks (JSON), and never answers. */
async function chatter(call: Call, params: Params): Promise<void> {
  const sse = call.request.stream;
  startReply(call, 200, sse ? 'text/event-stream' : 'application/json');
  do {
    const bytes = sse ? `${COMMENT}\n\n` : '\n';
    call.res.write(bytes);
    call.entry.bytes_sent += bytes.length;
  } while (await wait(call, numberParam(params, 'every_ms', 500)));
}

const SHAPES: readonly MidError['shape'][] = [
  'standard',
  'choices_empty',
  'code_string',
  'choice_error',
  'close',
  'then_done',
  'first',
];
const midError = (params: Params): MidError => ({
  shape: SHAPES.find((shape) => shape === params['shape']) ?? 'standard',
  code: numberParam(params, 'code', 502),
});

/** Good answers that are lost, late, cut or badly framed on their way. */
export const wires: ScenarioTable = {
  reset_before_headers: {
    about: 'The connection is reset before any byte. Not billed.',
    run: (call) => sever(call),
  },
  reset_after_headers: travels(
    'Reset right after the headers.',
    (params) => ({ cutBytes: 0, ending: 'reset', ...lost(params, 'full') }),
    LOST,
  ),
  reset_after_bytes: travels(
    'Reset after some bytes of the body.',
    (params) => ({ cutBytes: numberParam(params, 'n', 200), ending: 'reset', ...lost(params, 'full') }),
    { n: 'bytes, default 200', ...LOST },
  ),
  hang_before_headers: { about: 'Accepts, and never answers.', run: () => undefined },
  hang_after_headers: {
    about: 'Sends headers, and nothing more.',
    run: (call) => {
      startReply(call, 200, call.request.stream ? 'text/event-stream' : 'application/json');
      call.res.flushHeaders();
    },
  },
  hang_mid_body: travels('Sends half, and nothing more.', { cutHalf: true, ending: 'hang' }),
  no_close: travels('The whole answer with `[DONE]`, and the connection stays open.', { ending: 'hang' }),
  comments_forever: {
    about: 'Comments (stream) or blanks (JSON) without end.',
    params: { every_ms: 'default 500' },
    run: (call, params) => void chatter(call, params),
  },
  stall: travels('A pause in the middle of the body.', (params) => ({ stallMs: numberParam(params, 'ms', 5000) }), {
    ms: 'default 5000',
  }),
  drip: travels(
    'The body in small pieces, slowly.',
    (params) => ({ pieceBytes: numberParam(params, 'n', 64), pieceMs: numberParam(params, 'ms', 50) }),
    { n: 'bytes a piece, default 64', ms: 'wait between pieces, default 50' },
  ),
  pad: {
    about: 'Headers at once, then blanks or comments until the answer comes.',
    params: { ms: 'until the answer, default 3000', every_ms: 'default 500' },
    run: (_call, params, serve) =>
      serve({ latencyMs: numberParam(params, 'ms', 3000), delivery: { padMs: numberParam(params, 'every_ms', 500) } }),
  },
  slow: {
    about: 'A good answer, late.',
    params: { ms: 'default 5000' },
    run: (_call, params, serve) => serve({ latencyMs: numberParam(params, 'ms', 5000) }),
  },
  billing_trap: {
    about: 'A good answer after most deadlines, billed in full although the client disconnected.',
    params: { ms: 'default 60000' },
    run: (_call, params, serve) =>
      serve({ latencyMs: numberParam(params, 'ms', 60_000), delivery: { whenHungUp: 'full' } }),
  },
  split_utf8: travels(
    'The body byte by byte, so that characters and lines are torn.',
    (params) => ({ pieceBytes: numberParam(params, 'n', 1) }),
    {
      n: 'bytes a piece, default 1',
    },
  ),
  crlf: travels('Lines end in CRLF.', { lineEnd: '\r\n' }),
  comment_first: travels('Comments before the first event.', { comments: 3 }),
  reasoning_first: travels('Chunks of reasoning with empty content come first.', { reasoningChunks: 5 }),
  no_finish: travels('No chunk carries a `finish_reason`, and no usage comes.', {
    finish: false,
    usage: 'missing',
    done: true,
  }),
  no_done: travels('The stream ends without `[DONE]`.', { done: false }),
  cut_stream: travels('The stream ends in the middle, without an error.', { cutHalf: true }),
  mid_error: travels(
    'An error after half of the answer.',
    (params, call) =>
      call.request.stream
        ? { midError: midError(params), done: false, ...lost(params, 'sent') }
        : { cutHalf: true, ending: 'reset' },
    {
      shape:
        '`standard`, `choices_empty`, `code_string`, `choice_error`, `close` (no error at all), `then_done`, `first` (before any content)',
      code: 'default 502',
    },
  ),
  usage_missing: travels('No `usage`.', { usage: 'missing' }),
  usage_null: travels('`usage` is null.', { usage: 'null' }),
  usage_empty_choices: travels('The usage chunk has `choices: []`.', { usage: 'empty_choices' }),
  no_cost: travels('`usage` without `cost`.', { usage: 'no_cost' }),
  cost_null: travels('`cost` is null.', { usage: 'cost_null' }),
  choices_missing: travels(
    'No `choices`.',
    rewritten((json) => delete json['choices']),
  ),
  choices_empty: travels(
    '`choices: []`.',
    rewritten((json) => (json['choices'] = [])),
  ),
  choices_null: travels(
    '`choices: null`.',
    rewritten((json) => (json['choices'] = null)),
  ),
  extra_fields: travels(
    'The answer has unknown fields.',
    rewritten((json) => Object.assign(json, { sim_new_field: { a: 1 } })),
  ),
  text_type: travels('A good answer with the content type `text/plain`.', { contentType: 'text/plain' }),
  bom: travels('A byte order mark before the body.', { rewrite: (body) => `\uFEFF${body}` }),
  unterminated_chunk: {
    about: 'The last chunk of the transfer is announced longer than it is.',
    run: (call) => {
      call.severed = true;
      startReply(call, 200, 'application/json');
      call.res.flushHeaders();
      call.req.socket.end('400\r\n{"id":"');
    },
  },
};
