import { AppError } from '@flashcards/shared/contract/errors';
import { type Pool, Shares } from './shares';

const QUOTAS = { streams: 2, waits: 1, reads: 0, lists: 1, files: 1 };

function shares() {
  const refused: Pool[] = [];
  return { refused, shares: new Shares({ quotas: QUOTAS, onRefused: (pool) => refused.push(pool) }) };
}

function refusalOf(take: () => unknown): unknown {
  try {
    take();
  } catch (error) {
    return error instanceof AppError ? [error.code, error.details.policy, error.details.quota] : error;
  }
  return undefined;
}

test('a tenant has its share of each pool and no more, whatever the others have', () => {
  const { shares: held, refused } = shares();
  held.take('streams', 'ann');
  held.take('streams', 'ann');
  expect(refusalOf(() => held.take('streams', 'ann'))).toEqual(['quota_exceeded', 'streams', 2]);
  held.take('waits', 'ann');
  held.take('streams', 'bob');
  expect(refused).toEqual(['streams']);
});

test('what was given back can be taken again, once', () => {
  const { shares: held } = shares();
  const giveBack = held.take('lists', 'ann');
  giveBack();
  held.take('lists', 'ann');
  expect(refusalOf(() => held.take('lists', 'ann'))).toEqual(['quota_exceeded', 'lists', 1]);
});

test('a quota of 0 is no limit', () => {
  const { shares: held } = shares();
  for (let i = 0; i < 1_000; i += 1) held.take('reads', 'ann');
});
