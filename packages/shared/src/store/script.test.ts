import { useKeyspace } from '../../../../test/harness/redis/keyspace';
import { defineScript, readScript } from './script';
import { number } from './shape';

const keyspace = useKeyspace();

test('a script that Redis has forgotten is sent again', async () => {
  const announce = defineScript(keyspace, 'line/announce', { read: number });
  const worker = { worker: 'a', slots: 1, seconds: 60 };
  await announce(worker);
  await keyspace.redis.script('FLUSH');
  expect(await announce(worker)).toBe(0);
});

test('an error of a script is not hidden', async () => {
  const announce = defineScript(keyspace, 'line/announce', { read: number });
  await expect(announce({ worker: 'a', slots: 1, seconds: 'soon' })).rejects.toThrow('compare');
});

test('a script has each function that it needs once, and none that it does not', () => {
  const lua = readScript('jobs/append');
  expect([...lua.matchAll(/^local function (\w+)/gm)].map(([, name]) => name)).toEqual([
    'job_key',
    'events_key',
    'values_of',
    'is_open',
    'add_events',
    'add_cards',
    'append',
  ]);
});
