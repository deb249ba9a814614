import { gzipSync } from 'node:zlib';
import { MARKS, batchOf, sendTo } from '../../harness/servers/send';
import { bearer } from '../../harness/stack/keys';
import { type Attack, attack, unless } from '../attack';
import type { Stage } from '../stage';

/** The statuses of the same body, first compressed and then as it is; 0 where the connection was lost. */
interface Answers {
  readonly statuses: readonly number[];
  /** Whether the process that got it answers afterwards. */
  readonly lives: boolean;
}

async function postBoth(stage: Stage, path: string, body: string): Promise<Answers> {
  const pair = await stage.pair();
  const send = sendTo(() => pair.url);
  const headers = { ...bearer(await stage.tenant('bodies')), 'Content-Type': 'application/json' };
  const status = (bytes: string | Buffer, more = {}): Promise<number> =>
    send('POST', path, { ...headers, ...more, 'Content-Length': String(Buffer.byteLength(bytes)) }, bytes).then(
      (answer) => answer.status,
      () => 0,
    );
  const statuses = [await status(gzipSync(body), { 'Content-Encoding': 'gzip' }), await status(body)];
  const lives = await send('GET', '/livez').then(
    ({ status: live }) => live === 200,
    () => false,
  );
  return { statuses, lives };
}

const REFUSED = [400, 413, 415, 422];
const brokenBy = ({ statuses, lives }: Answers): string[] => [
  ...unless(
    statuses.every((status) => REFUSED.includes(status)),
    `the answers are ${statuses.join(', ')}`,
  ),
  ...unless(lives, 'the API does not answer any more'),
];

/** Of a text alone, and of each text of a batch. */
interface Texts {
  readonly single: number;
  readonly batch: readonly number[];
}

async function postMarks(stage: Stage): Promise<Texts> {
  const pair = await stage.pair();
  const key = bearer(await stage.tenant('marks'));
  const single = await pair.call('POST', '/v1/jobs', { text: MARKS }, key);
  const jobs = Array.from({ length: 100 }, () => ({ text: MARKS }));
  const batch = await pair.call('POST', '/v1/jobs/batch', { jobs }, key);
  const { items = [] } = batch.body as { items?: { status: number }[] };
  return { single: single.status, batch: items.map(({ status }) => status) };
}

export const BODIES: readonly Attack[] = [
  attack({
    row: 1,
    name: 'four million values in a batch',
    kind: 'bounded in bytes, not in nodes',
    sent: '8 KB of gzip that unfold to 8.3 MB of zeros under options.types, and the same bytes as they are',
    holds: 'a batch of millions of values is refused, compressed or not, and the API lives',
    quick: true,
    play: (stage) => postBoth(stage, '/v1/jobs/batch', batchOf('0,'.repeat(4_000_000))),
    broken: brokenBy,
    control: { what: 'an API that ends over it', play: () => ({ statuses: [0, 0], lives: false }) },
  }),
  attack({
    row: 2,
    name: 'thousands of values in a submit',
    kind: 'bounded in bytes, not in nodes',
    sent: 'five thousand zeros under options.types, compressed and as they are',
    holds: 'a submit of thousands of values is refused as a fault of the client',
    quick: true,
    play: (stage) => postBoth(stage, '/v1/jobs', `{"text":"A fact.","options":{"types":[${'0,'.repeat(5_000)}0]}}`),
    broken: brokenBy,
    control: { what: 'a server error', play: () => ({ statuses: [500, 500], lives: true }) },
  }),
  attack({
    row: 5,
    name: 'alternating combining marks',
    kind: 'platform call that is not linear',
    sent: 'a text of 10,000 alternating marks, alone and a hundred times in a batch',
    holds: 'a text of thousands of combining marks in a row is refused before it is normalised',
    quick: true,
    play: postMarks,
    broken: ({ single, batch }) => [
      ...unless(single === 422, `the text alone is answered ${single}`),
      ...unless(batch.length === 100 && batch.every((status) => status === 422), `the batch is answered ${batch.join(' ')}`),
    ],
    control: { what: 'texts that are taken', play: () => ({ single: 202, batch: Array(100).fill(202) as number[] }) },
  }),
]; // prettier-ignore
