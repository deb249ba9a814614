import { topUp, reasonsOf, type ChunkRequest } from './top-up';

const LIMITS = { maxCardsPerCall: 15 };
const chunkRequest = (change: Partial<ChunkRequest> = {}): ChunkRequest => ({
  chunk: { start: 0, end: 1_000, cards: 10 },
  generated: 10,
  kept: 5,
  dropped: { leak: 5 },
  cut: false,
  ...change,
});

describe('a deck that lacks cards', () => {
  it('is asked for again with as much more as the last round lost', () => {
    expect(topUp([chunkRequest()], 5, 0, LIMITS)).toEqual([{ start: 0, end: 1_000, cards: 10 }]);
    expect(topUp([chunkRequest({ generated: 10, kept: 8, dropped: { leak: 2 } })], 2, 0, LIMITS)).toMatchObject([
      { cards: 3 },
    ]);
  });

  it('is asked for again where the answer was cut', () => {
    expect(topUp([chunkRequest({ generated: 4, kept: 4, dropped: {}, cut: true })], 6, 0, LIMITS)).toMatchObject([
      { cards: 6 },
    ]);
  });

  it('is asked for again only in the parts that bear more, the thinnest first', () => {
    const done = chunkRequest({ chunk: { start: 1_000, end: 2_000, cards: 5 }, generated: 3, kept: 3, dropped: {} });
    const thin = chunkRequest({
      chunk: { start: 2_000, end: 3_000, cards: 10 },
      kept: 0,
      generated: 5,
      dropped: { leak: 5 },
    });
    const again = topUp([chunkRequest(), done, thin], 4, 0, LIMITS);
    expect(again.map(({ start }) => start)).toEqual([2_000]);
  });

  it('asks no call for more cards than a call may hold', () => {
    expect(
      topUp([chunkRequest({ kept: 0, generated: 10, chunk: { start: 0, end: 9, cards: 30 } })], 30, 0, LIMITS),
    ).toMatchObject([{ cards: 15 }]);
  });
});

describe('nothing is padded: a model is not asked again', () => {
  it.each([
    ['for a full deck', [chunkRequest()], 0, 0],
    ['more than twice', [chunkRequest()], 5, 2],
    ['when it wrote all it found', [chunkRequest({ generated: 5, dropped: {} })], 5, 0],
    [
      'when it only repeated itself',
      [chunkRequest({ dropped: { duplicate: 3, same_fact: 1, near_duplicate: 1 } })],
      5,
      0,
    ],
    ['when the deck was full before what it wrote', [chunkRequest({ dropped: { over_count: 5 } })], 5, 0],
  ])('%s', (_name, parts, missing, round) => {
    expect(topUp(parts, missing, round, LIMITS)).toEqual([]);
  });
});

it('the reasons of a round are counted over all its parts', () => {
  expect(reasonsOf([chunkRequest(), chunkRequest({ dropped: { leak: 1, meta: 2 } })])).toEqual({ leak: 6, meta: 2 });
});
