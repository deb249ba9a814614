import { isRedisAway } from './redis';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });
/** As Redis 6 says what Redis 7 says without the words before it. */
const inScript = (message: string): string =>
  `ERR Error running script (call to f_71fe2e79): @user_script:4: @user_script: 4: -${message}`;

const READONLY = "READONLY You can't write against a read only replica.";

test.each([
  READONLY,
  inScript(READONLY),
  'LOADING Redis is loading the dataset in memory',
  'MOVED 3999 10.0.0.2:6379',
  'NOREPLICAS Not enough good replicas to write.',
  "OOM command not allowed when used memory > 'maxmemory'.",
])('a refusal that passes is no fault of ours: %s', (message) => {
  expect(isRedisAway(reply(message))).toBe(true);
});

test.each([
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  inScript('WRONGTYPE Operation against a key holding the wrong kind of value'),
  "ERR unknown command 'READONLY'",
])('a refusal that would come again is: %s', (message) => {
  expect(isRedisAway(reply(message))).toBe(false);
});

test.each([
  "Stream isn't writeable and enableOfflineQueue options is false",
  'Command aborted due to connection close',
])('a connection that was lost is no fault of ours: %s', (message) => {
  expect(isRedisAway(new Error(message))).toBe(true);
});
