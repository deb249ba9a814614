import { Places, farthest } from './spread';

describe('the places of a deck', () => {
  it('are shared among the stretches of the text, all of them and no more', () => {
    const places = new Places(6_000, 7);
    const taken = [0, 1, 2, 3, 4, 5].flatMap((page) => [0, 1, 2, 3].map((n) => places.take(page * 1_000 + n * 250)));
    expect(taken.filter(Boolean)).toHaveLength(7);
    const head = new Places(6_000, 7);
    expect([0, 10, 20, 30].filter((at) => head.take(at)).length).toBeLessThanOrEqual(1);
  });

  it('of a short text go to the cards that come first', () => {
    const places = new Places(200, 3);
    expect([0, 1, 2, 3].map((at) => places.take(at))).toEqual([true, true, true, false]);
  });
});

describe('cards that wait', () => {
  it('fill the deck where it is thinnest', () => {
    const spare = [10, 20, 900, 500].map((start) => ({ start }));
    expect(farthest(spare, [{ start: 0 }], 2)).toEqual([{ start: 900 }, { start: 500 }]);
  });

  it('come in the order they were written where nothing is kept', () => {
    expect(farthest([{ start: 5 }, { start: 9 }], [], 1)).toEqual([{ start: 5 }]);
    expect(farthest([{ start: 5 }], [], 3)).toEqual([{ start: 5 }]);
    expect(farthest([{ start: 5 }], [], 0)).toEqual([]);
  });
});
