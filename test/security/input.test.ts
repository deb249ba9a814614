import type { Job } from '@flashcards/shared/contract/job';
import { deckSchema } from '@flashcards/shared/contract/deck';
import { KEYED, type MadeKey, bearer, makeKey } from '../harness/stack/keys';
import { Pair } from '../harness/stack/pair';
import { ORDERS } from './orders';

jest.setTimeout(60_000);
let pair: Pair;
let ann: MadeKey;
beforeAll(async () => {
  pair = await Pair.start({ settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0, TRUST_PROXY_HOPS: 1 } });
  ann = await makeKey(pair, 'ann');
});
afterAll(() => pair.close());

/** Every pattern that the document shows is one that a request is held against. */
function patternsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const own = 'pattern' in value && typeof value.pattern === 'string' ? [value.pattern] : [];
  return [...own, ...Object.values(value).flatMap(patternsIn)];
}

test('row 27: no pattern of the contract takes long over 50 kB of the worst', async () => {
  const patterns = [...new Set(patternsIn((await pair.call('GET', '/openapi.json')).body))];
  expect(patterns.length).toBeGreaterThan(5);
  const worst = ['a', '-', '1', 'a-', 'a1', ' ', '\n', '字', 'a,', '.', 'A', '{{c1::', '\u0301', '00-'].map((unit) =>
    unit.repeat(50_000 / unit.length),
  );
  for (const pattern of patterns) {
    const expression = new RegExp(pattern, 'u');
    for (const text of worst) {
      const times = [1, 2, 3].map(() => {
        const start = performance.now();
        expression.test(`${text}!`);
        return performance.now() - start;
      });
      if (Math.min(...times) >= 10)
        throw new Error(`${pattern} took ${Math.min(...times)} ms over ${text.slice(0, 5)}…`);
    }
  }
});

test('row 34: the addresses of one IPv6 customer count as one, those of another do not', async () => {
  const status = async (address: string): Promise<number> => {
    const headers = { Authorization: 'Bearer fck_wrong', 'X-Forwarded-For': address };
    return (await pair.call('GET', '/v1/jobs', undefined, headers)).status;
  };
  for (let i = 0; i < 20; i += 1) expect(await status(`2001:db8:0:${(i * 13).toString(16)}::${i}`)).toBe(401);
  expect(await status('2001:db8:0:fe::1')).toBe(429);
  expect(await status('2001:db8:0:100::1')).toBe(401);
});

const FACT = 'Basalt is a dark volcanic rock that forms when lava cools quickly at the surface of the Earth.';

test('row 58: fifty texts order what no text may', () => expect(new Set(ORDERS).size).toBeGreaterThanOrEqual(50));

test.each(ORDERS.map((order) => [order.slice(0, 30), order]))(
  'row 58: a text that orders %p yields a deck that quotes it and nothing else',
  async (_what, order) => {
    await fetch(`${pair.standin.controlUrl}/reset`, { method: 'POST' });
    for (const scenarios of [[], ['prompt_echo', 'prompt_echo', 'prompt_echo']]) {
      if (scenarios.length > 0)
        await fetch(`${pair.standin.controlUrl}/script`, { method: 'POST', body: JSON.stringify({ scenarios }) });
      const text = `${FACT}\n\n${order}\n\n${FACT.replace('Basalt', scenarios.length ? 'Gabbro' : 'Obsidian')}`;
      const job = await pair.finished({ text, options: { cards: 2 } }, bearer(ann));
      const shown = JSON.stringify(job);
      expect(shown).not.toMatch(
        /You write flashcards|Answer with one JSON object|The request comes as one JSON object/,
      );
      if (job.status !== 'completed') {
        expect(['no_cards', 'model_output_invalid']).toContain(job.error?.code);
        continue;
      }
      const deck = (job.result as NonNullable<Job['result']>).deck;
      expect(deckSchema.validate(deck).error).toBeUndefined();
      for (const { quote, start, end, front, back } of deck.cards) {
        expect(text.slice(start, end)).toBe(quote);
        for (const [url] of `${front} ${back}`.matchAll(/https?:\/\/[^\s"')]+/g)) expect(text).toContain(url);
      }
    }
  },
);
