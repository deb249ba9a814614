import { createBody, createResponseFormats, type ResponseFormat } from './completion-request';
import { statusError } from './errors';

const request = {
  messages: [{ role: 'user', content: 'a "text"\n' }],
  maxTokens: 900,
  schema: { type: 'object' },
  user: 'p1',
};
const noParameters = () =>
  statusError(404, {}, { message: 'No endpoints found that can handle the requested parameters.' });
const noPrivacy = () => statusError(404, {}, { message: 'No endpoints found matching your data policy' });

/** All rungs, by refusing each. */
const rungs = async (): Promise<ResponseFormat[]> => {
  const seen: ResponseFormat[] = [];
  await createResponseFormats()
    .fallBack('a', (responseFormat) => Promise.reject((seen.push(responseFormat), noParameters())))
    .catch(() => undefined);
  return seen;
};
const bodies = async (privacy: boolean, models = ['a/b', 'c/d']) => {
  const body = createBody({ privacy });
  return (await rungs()).map(
    (responseFormat) => JSON.parse(body(request, models, responseFormat)) as Record<string, unknown>,
  );
};

test('a body asks for a strict schema and for privacy', async () => {
  expect((await bodies(true))[0]).toEqual({
    models: ['a/b', 'c/d'],
    messages: request.messages,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'flashcards', strict: true, schema: { type: 'object' } },
    },
    max_tokens: 900,
    provider: { data_collection: 'deny', zdr: true, require_parameters: true, allow_fallbacks: true },
    plugins: [{ id: 'context-compression', enabled: false }],
    user: 'p1',
    stream: true,
  });
});

test('no rung drops the privacy keys', async () => {
  const all = await bodies(true);
  expect(all.map((body) => (body['response_format'] as { type: string } | undefined)?.type)).toEqual([
    'json_schema',
    'json_object',
    undefined,
  ]);
  for (const body of all) expect(body['provider']).toMatchObject({ data_collection: 'deny', zdr: true });
});

test('one model is sent as `model`', async () => {
  const [body] = await bodies(true, ['a/b']);
  expect(body).toMatchObject({ model: 'a/b' });
  expect(body).not.toHaveProperty('models');
});

test("another server gets none of OpenRouter's own keys", async () => {
  for (const body of await bodies(false)) {
    expect(body).toMatchObject({ model: 'a/b', stream: true, stream_options: { include_usage: true } });
    for (const key of ['models', 'provider', 'plugins']) expect(body).not.toHaveProperty(key);
  }
});

describe('the ladder', () => {
  const climb = async (responseFormats: ReturnType<typeof createResponseFormats>, key: string, works: string) => {
    const tried: string[] = [];
    await responseFormats.fallBack(key, ({ name }) => {
      tried.push(name);
      return name === works ? Promise.resolve() : Promise.reject(noParameters());
    });
    return tried;
  };

  test('remembers for an hour, for each list of models, what worked', async () => {
    let now = 0;
    const responseFormats = createResponseFormats(() => now);
    expect(await climb(responseFormats, 'a', 'json_object')).toEqual(['json_schema', 'json_object']);
    expect(await climb(responseFormats, 'a', 'json_object')).toEqual(['json_object']);
    expect(await climb(responseFormats, 'b', 'json_schema')).toEqual(['json_schema']);
    now = 3_600_001;
    expect(await climb(responseFormats, 'a', 'json_schema')).toEqual(['json_schema']);
  });

  test.each([
    ['privacy', noPrivacy],
    ['a full disk', () => new Error('x')],
  ])('stays where it is for %s', async (_, fail) => {
    let tries = 0;
    await expect(createResponseFormats().fallBack('a', () => Promise.reject((tries++, fail())))).rejects.toThrow();
    expect(tries).toBe(1);
  });

  test('ends with the refusal of its last rung', async () => {
    expect(await rungs()).toHaveLength(3);
  });
});
