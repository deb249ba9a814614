import { inspect } from 'node:util';
import { ModelError, rule } from './port';

test('a model error shows a word from a closed set, and has no cause', () => {
  const error = new ModelError(rule('http_500', ['model_unavailable', 'backoff', 'no']));
  expect([error.name, error.message]).toEqual(['ModelError', 'The model call failed: http_500']);
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('[cause]');
});
