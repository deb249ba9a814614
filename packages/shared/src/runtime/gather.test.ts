import { gathered } from './gather';

const recorded = (max: number) => {
  const calls: number[][] = [];
  const ask = gathered(max, (items: readonly number[]) => {
    calls.push([...items]);
    return Promise.resolve(items.map((item) => item * 2));
  });
  return { calls, ask };
};

test('what is asked in one turn becomes one call, and each gets its own answer', async () => {
  const { calls, ask } = recorded(10);
  expect(await Promise.all([ask(1), ask(2), ask(3)])).toEqual([2, 4, 6]);
  expect(await ask(4)).toBe(8);
  expect(calls).toEqual([[1, 2, 3], [4]]);
});

test('a call never carries more than it may', async () => {
  const { calls, ask } = recorded(2);
  expect(await Promise.all([1, 2, 3, 4, 5].map(ask))).toEqual([2, 4, 6, 8, 10]);
  expect(calls).toEqual([[1, 2], [3, 4], [5]]);
});

test('a call that fails rejects for all who shared it, and for nobody after them', async () => {
  let fails = true;
  const ask = gathered(10, (items: readonly number[]) =>
    fails ? Promise.reject(new Error('away')) : Promise.resolve(items),
  );
  const results = await Promise.allSettled([ask(1), ask(2)]);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  fails = false;
  expect(await ask(3)).toBe(3);
});

test('a call that answers too little fails those that it left out, and the others get their answers', async () => {
  const ask = gathered(10, (items: readonly number[]) => Promise.resolve(items.slice(0, 2)));
  const outcomes = await Promise.allSettled([ask(1), ask(2), ask(3)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
});
