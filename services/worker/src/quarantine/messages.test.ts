import { CallFailed, NoCards } from '../decks/failures';
import { outcomeOf } from '../runs/outcome';
import { faultError } from '../model/openrouter/faults';
import { ModelError, rule } from '../model/port';
import { packFailure, unpackFailure } from './messages';

const USAGE = { input_tokens: 10, output_tokens: 5, cost_usd: 0.1, final: true };
const run = { attempts: 1, deadline: 100_000 };

test.each([
  [
    'a limit with a hint',
    new CallFailed(new ModelError(rule('http_429', ['model_rate_limited', 'pause', 'no']), 7_000), USAGE),
  ],
  ['a refused key', new CallFailed(new ModelError(rule('http_401', ['model_auth', 'never', 'no'])), USAGE)],
  ['a call that may be billed', new CallFailed(faultError('hang_content'), { ...USAGE, final: false })],
  ['no card', new NoCards({ leak: 2 }, USAGE)],
  ['a fault of ours', new TypeError('x is not a function')],
])('%s means the same to a job whether its run was in a process of its own or not', (_what, error) => {
  const arrived = unpackFailure(JSON.parse(JSON.stringify(packFailure(error))) as never);
  expect(outcomeOf(arrived, run, 0)).toEqual(outcomeOf(error, run, 0));
  expect([arrived.name, arrived.message]).toEqual([error.name, error.message]);
});
