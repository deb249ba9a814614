// What a neighbour notices of each attack. It judges times, so it is for a quiet machine.
import { findNginx } from '../harness/servers/nginx';
import { FLOODS } from './neighbour/assaults/floods';
import { HOLDS } from './neighbour/assaults/holds';
import { type Outcome, brokenBy, table } from './neighbour/judge';
import { play } from './neighbour/play';

const SECONDS = Number(process.env['SECONDS'] ?? 60);
const ONLY = process.env['ATTACKS'] ?? '';
const ASSAULTS = [...FLOODS, ...HOLDS].filter(({ name }) => name.includes(ONLY));
const WAYS = ['directly', 'through nginx'] as const;

const binary = findNginx();
const outcomes: Outcome[] = [];
afterAll(() => console.log(table(outcomes)));

test('nginx is there: apt-get install nginx', () => expect(binary).not.toBe(''));

describe.each(WAYS)('%s', (way) => {
  test.each(ASSAULTS.map((assault) => [assault.name, assault]))(
    'a neighbour is served beside %s',
    async (_name, assault) => {
      const outcome = await play(binary, assault, way, SECONDS);
      outcomes.push(outcome);
      expect(brokenBy(outcome)).toEqual([]);
    },
    (4 * SECONDS + 600) * 1_000,
  );
});
