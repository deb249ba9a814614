import { statusError } from './errors';
import { createFormatFallback, type FormatFallback, FORMATS } from './response-format';

const noParameters = () =>
  statusError(404, {}, { message: 'No endpoints found that can handle the requested parameters.' });
const noPrivacy = () => statusError(404, {}, { message: 'No endpoints found matching your data policy' });

describe('the fallback of the format', () => {
  const tries = async (fallback: FormatFallback, key: string, works: string) => {
    const tried: string[] = [];
    await fallback.fallBack(key, ({ name }) => {
      tried.push(name);
      return name === works ? Promise.resolve() : Promise.reject(noParameters());
    });
    return tried;
  };

  test('remembers for an hour, for each list of models, what worked', async () => {
    let now = 0;
    const fallback = createFormatFallback(() => now);
    expect(await tries(fallback, 'a', 'json_object')).toEqual(['json_schema', 'json_object']);
    expect(await tries(fallback, 'a', 'json_object')).toEqual(['json_object']);
    expect(await tries(fallback, 'b', 'json_schema')).toEqual(['json_schema']);
    now = 3_600_001;
    expect(await tries(fallback, 'a', 'json_schema')).toEqual(['json_schema']);
  });

  test.each([
    ['privacy', noPrivacy],
    ['a full disk', () => new Error('x')],
  ])('stays where it is for %s', async (_, fail) => {
    let calls = 0;
    await expect(createFormatFallback().fallBack('a', () => Promise.reject((calls++, fail())))).rejects.toThrow();
    expect(calls).toBe(1);
  });

  test('ends with the refusal of its last format', async () => {
    const fallback = createFormatFallback();
    const tried: string[] = [];
    const refuse = ({ name }: { name: string }) => Promise.reject((tried.push(name), noParameters()));
    await expect(fallback.fallBack('a', refuse)).rejects.toThrow('no_endpoint_parameters');
    expect(tried).toEqual(FORMATS.map(({ name }) => name));
  });
});
