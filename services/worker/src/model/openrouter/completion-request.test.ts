import { createBody } from './completion-request';
import { FORMATS } from './response-format';

const request = {
  messages: [{ role: 'user', content: 'a "text"\n' }],
  maxTokens: 900,
  schema: { type: 'object' },
  user: 'p1',
};
const bodies = (privacy: boolean, models = ['a/b', 'c/d']) => {
  const body = createBody({ privacy });
  return FORMATS.map((format) => JSON.parse(body(request, models, format)) as Record<string, unknown>);
};

test('a body asks for a strict schema and for privacy', () => {
  expect(bodies(true)[0]).toEqual({
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

test('no format drops the privacy keys', () => {
  const all = bodies(true);
  expect(all.map((body) => (body['response_format'] as { type: string } | undefined)?.type)).toEqual([
    'json_schema',
    'json_object',
    undefined,
  ]);
  for (const body of all) expect(body['provider']).toMatchObject({ data_collection: 'deny', zdr: true });
});

test('one model is sent as `model`', () => {
  const [body] = bodies(true, ['a/b']);
  expect(body).toMatchObject({ model: 'a/b' });
  expect(body).not.toHaveProperty('models');
});

test("another server gets none of OpenRouter's own keys", () => {
  for (const body of bodies(false)) {
    expect(body).toMatchObject({ model: 'a/b', stream: true, stream_options: { include_usage: true } });
    for (const key of ['models', 'provider', 'plugins']) expect(body).not.toHaveProperty(key);
  }
});
