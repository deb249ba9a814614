import { CALLS, passBound } from '@flashcards/shared/contract/cost';
import { DEFAULT_OPTIONS } from '@flashcards/shared/contract/job';
import type { Run } from '@flashcards/shared/store/jobs/job-store';
import { callBound, createAllowance } from './allowance';
import { CANDIDATES_SCHEMA } from '../decks/read/candidate';
import { chunkText } from '../decks/text/chunk';
import { buildMessages, maxTokens } from '../decks/prompt/prompt';

const price = { input: 1, output: 2 };
const request = { messages: [{ role: 'user', content: 'a'.repeat(1_000) }], maxTokens: 100, schema: {}, user: 'u' };
const call = callBound(request, price);
const spent = { input_tokens: 0, output_tokens: 0, cost_usd: 0, final: true };
const runOf = (tokens: number, nano: number, more: Partial<Run> = {}): Run =>
  ({ id: 'job-0001', run: 1, spent, held: { tokens, nano, hasBudget: true }, ...more }) as Run;

function allowance(run: Run, granted: boolean[]) {
  const extensions: { tokens: number; nano: number }[] = [];
  const extend = (_run: Run, more: { tokens: number; nano: number }) => {
    extensions.push(more);
    return Promise.resolve(granted.shift() ?? false);
  };
  return { permit: createAllowance(run, { price, extend }), extensions };
}

test('calls that fit into what is held ask for nothing', async () => {
  const { permit, extensions } = allowance(runOf(2 * call.tokens, 2 * call.nano), []);
  await Promise.all([permit(request), permit(request)]);
  expect(extensions).toEqual([]);
});

test('a call that does not fit asks for what is missing, and is not made without it', async () => {
  const { permit, extensions } = allowance(runOf(call.tokens + 10, call.nano + 10), [true, false]);
  await permit(request);
  await permit(request);
  await expect(permit(request)).rejects.toMatchObject({ code: 'model_budget', action: 'never', billed: 'no' });
  expect(extensions).toEqual([
    { tokens: call.tokens - 10, nano: call.nano - 10 },
    { tokens: call.tokens, nano: call.nano },
  ]);
});

test('two calls at once do not both take what is left', async () => {
  const { permit } = allowance(runOf(call.tokens, call.nano), []);
  const outcomes = await Promise.allSettled([permit(request), permit(request)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
});

test.each([
  ['what it said it cost', { ...spent, input_tokens: 100, output_tokens: 10, cost_usd: 0.000_12 }, 110],
  ['all that was held where its cost is not known', { ...spent, cost_usd: null }, 2 * call.tokens],
  ['all that was held where a call may still be billed', { ...spent, final: false }, 2 * call.tokens],
])('a second run counts of the first %s', async (_what, before, used) => {
  const { permit, extensions } = allowance(runOf(2 * call.tokens, 1e15, { run: 2, spent: before }), [true, true]);
  await permit(request);
  await permit(request);
  expect(extensions.reduce((sum, { tokens }) => sum + tokens, 0)).toBe(used);
});

test('where a tenant has no budget nothing is asked', async () => {
  const { permit, extensions } = allowance({ ...runOf(0, 0), held: { tokens: 0, nano: 0, hasBudget: false } }, []);
  await permit(request);
  expect(extensions).toEqual([]);
});

test.each([
  ['short', 'Chlorophyll is the pigment that absorbs light.', 3],
  ['Chinese and long', '光合作用是绿色植物利用光能把二氧化碳和水转化为有机物的过程。'.repeat(300), 50],
  ['English and long', 'A plate is a part of the shell of the Earth that moves. '.repeat(170), 30],
])('what is reserved at a submit covers the first pass over a text that is %s', (_what, text, cards) => {
  const options = { ...DEFAULT_OPTIONS, cards, types: ['basic', 'reversed', 'cloze', 'choice'] as const };
  const chunks = chunkText(text, Math.ceil(cards * CALLS.requestedPerWanted), {
    maxCardsPerCall: CALLS.maxCards,
    maxChars: CALLS.maxChars,
  });
  const language = 'zh-Hans';
  const bounds = chunks.map((chunk) => {
    const about = {
      text,
      chunk,
      options,
      language,
      context: 'h'.repeat(300),
      cards: chunk.cards,
      kept: [],
      reasons: {},
      tag: 'a'.repeat(12),
    };
    const messages = buildMessages(about);
    return callBound(
      { messages, maxTokens: maxTokens(chunk.cards, language), schema: CANDIDATES_SCHEMA, user: 'u' },
      price,
    );
  });
  const sum = bounds.reduce((all, { tokens, nano }) => ({ tokens: all.tokens + tokens, nano: all.nano + nano }));
  const reserved = passBound(text, cards, price);
  expect(reserved.tokens).toBeGreaterThanOrEqual(sum.tokens);
  expect(reserved.nano).toBeGreaterThanOrEqual(sum.nano);
});
