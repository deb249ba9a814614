import { BoundedMap, remembered } from './bounded-map';

test('a map that is full forgets the oldest entry, and one that was set again is not the oldest', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  expect(map.size).toBe(2);
  map.set('c', 4);
  expect([map.get('a'), map.get('b'), map.get('c'), map.size]).toEqual([3, undefined, 4, 2]);
});

test('what is deleted makes room', () => {
  const map = new BoundedMap<string, number>(1);
  map.set('a', 1);
  map.delete('a');
  expect([map.get('a'), map.size]).toEqual([undefined, 0]);
  map.set('b', 2);
  map.clear();
  expect(map.size).toBe(0);
});

test('what is remembered is made once, and again only after as many others as are kept', () => {
  const made: string[] = [];
  const shout = remembered(2, (key) => {
    made.push(key);
    return key.toUpperCase();
  });
  expect(['a', 'b', 'a', 'b', 'c', 'b', 'a'].map(shout)).toEqual(['A', 'B', 'A', 'B', 'C', 'B', 'A']);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
});
