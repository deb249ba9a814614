import { EventStreamReader } from './event-stream';

const STREAM =
  '\uFEFF: hello\nretry: 2500\r\n\r\nid: 7\revent: card\rdata: {"front":"什么是光合作用？"}\rdata: second line\r\r' +
  'data\n\nid: 8\nevent: done\ndata:no blank\nodd: field\n\nevent: dropped\n\ndata: cut off by the end';
const EVENTS = [
  { id: '7', event: 'card', data: '{"front":"什么是光合作用？"}\nsecond line' },
  { id: '7', event: 'message', data: '' },
  { id: '8', event: 'done', data: 'no blank' },
];

test.each([1, 2, 3, 7, 1_000])('a stream says the same however the network cuts it (pieces of %d)', (size) => {
  const reader = new EventStreamReader();
  const events = [];
  for (let at = 0; at < STREAM.length; at += size) events.push(...reader.read(STREAM.slice(at, at + size)));
  expect(events).toEqual(EVENTS);
  expect(reader.retryMs).toBe(2_500);
});

test('a line without an end does not fill the memory', () => {
  const reader = new EventStreamReader();
  expect(() => {
    for (let i = 0; i < 300; i += 1) reader.read('x'.repeat(10_000));
  }).toThrow('without an end');
});
