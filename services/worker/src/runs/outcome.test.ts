import { ATTEMPTS, CRASHES } from '@flashcards/shared/queue/queues';
import { outcomeOf } from './outcome';
import { Stopped } from './running';
import { CallFailed, NoCards } from '../decks/failures';
import { IsolatedProcessCrashed } from '../quarantine/isolated-process';
import { ModelError, rule, type ModelAction } from '../model/port';

const USAGE = { input_tokens: 10, output_tokens: 5, cost_usd: 0.1, final: true };
const run = (attempts: number) => ({ attempts, deadline: 100_000 });
const failed = (action: ModelAction, retryAfterMs: number | null = null) =>
  new CallFailed(new ModelError(rule('http_500', ['model_unavailable', action, 'no']), retryAfterMs), USAGE);

test.each(['never', 'backoff', 'change', 'pause'] as const)('what was spent before a %s is kept', (action) => {
  expect(outcomeOf(failed(action), run(1), 0)).toMatchObject({ usage: USAGE });
});

test('a failure that another attempt may mend is retried until the attempts are used up', () => {
  expect(outcomeOf(failed('backoff'), run(ATTEMPTS - 1), 0)).toMatchObject({ kind: 'retried' });
  expect(outcomeOf(failed('backoff'), run(ATTEMPTS), 0)).toMatchObject({ kind: 'failed', code: 'model_unavailable' });
});

test('a failure that nothing mends is never retried', () => {
  expect(outcomeOf(failed('never'), run(1), 0)).toMatchObject({ kind: 'failed' });
});

test('a bad answer is asked for once more at most', () => {
  expect(outcomeOf(failed('change'), run(1), 0)).toMatchObject({ kind: 'retried' });
  expect(outcomeOf(failed('change'), run(2), 0)).toMatchObject({ kind: 'failed' });
});

test('a limit of the model makes the fleet wait as long as it says, unless the job would be too late', () => {
  expect(outcomeOf(failed('pause', 7_000), run(1), 0)).toMatchObject({ kind: 'paused', delayMs: 7_000 });
  expect(outcomeOf(failed('pause', null), run(1), 0)).toMatchObject({ kind: 'paused', delayMs: 1_000 });
  expect(outcomeOf(failed('pause', 100_000), run(1), 0)).toMatchObject({ kind: 'failed' });
});

test('no card at all is a failure that says why', () => {
  const outcome = outcomeOf(new NoCards({ leak: 2 }, USAGE), run(1), 0);
  expect(outcome).toMatchObject({ kind: 'failed', code: 'no_cards', usage: USAGE });
  expect((outcome as { message: string }).message).toContain('leak: 2');
});

test.each([
  ['canceled', { kind: 'dropped' }],
  ['lost', { kind: 'dropped' }],
  ['drain', { kind: 'handed_back' }],
  ['deadline', { kind: 'failed', code: 'deadline_exceeded' }],
] as const)('a run that is stopped as %s ends in one way', (why, outcome) => {
  expect(outcomeOf(new Stopped(why), run(1), 0)).toMatchObject(outcome);
});

test('a process that ended counts against a job only when nothing else was in there, three times', () => {
  const crash = (alone: boolean, crashes: number) =>
    outcomeOf(new IsolatedProcessCrashed(alone, 'exit code 1'), { ...run(1), crashes }, 0);
  expect(crash(true, CRASHES - 2)).toEqual({ kind: 'crashed', alone: true, exit: 'exit code 1' });
  expect(crash(true, CRASHES - 1)).toMatchObject({ kind: 'failed', code: 'worker_crashed' });
  expect(crash(false, CRASHES - 1)).toEqual({ kind: 'crashed', alone: false, exit: 'exit code 1' });
});

test('what a stopped run may have cost is kept', () => {
  const maybe = { ...USAGE, cost_usd: null, final: false };
  expect(outcomeOf(new Stopped('drain'), run(1), 0, maybe)).toMatchObject({ usage: maybe });
  expect(outcomeOf(new Stopped('deadline'), run(1), 0, maybe)).toMatchObject({ usage: maybe });
});

test('a fault of ours is retried and ends as internal, with nothing of it in the message', () => {
  const fault = new TypeError('secret text');
  expect(outcomeOf(fault, run(1), 0)).toMatchObject({ kind: 'retried', reason: 'internal' });
  expect(JSON.stringify(outcomeOf(fault, run(ATTEMPTS), 0))).not.toContain('secret');
});

test('a run is stopped with one word', () => {
  expect(new Stopped('drain').message).toBe('The work was stopped: drain.');
  expect(outcomeOf(new Stopped('canceled'), run(1), 0)).toEqual({ kind: 'dropped', reason: 'canceled' });
  expect(outcomeOf(new Stopped('lost'), run(1), 0)).toEqual({ kind: 'dropped', reason: 'lost' });
});
