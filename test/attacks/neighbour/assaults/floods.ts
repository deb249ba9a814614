// Bodies and requests that cost more than they look.
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { makeApiKey } from '@flashcards/shared/security/api-key';
import { MARKS, batchOf as batchOfValues } from '../../../harness/servers/send';
import { type Assault, batchOf, idIn, ordinaryText, submitOf } from '../assault';

const JOBS = '/v1/jobs';
const BATCH = '/v1/jobs/batch';
const MIB = 1_048_576;
const gzip = { 'Content-Encoding': 'gzip' };
const fill = (piece: string, length = 9_900): string => piece.repeat(Math.floor(length / piece.length));
const unique = (): string => randomBytes(8).toString('hex');

/** Texts that are taken and that cost the most to read, cut and search: each 9,900 characters at most. */
const WORST: readonly (() => string)[] = [
  () => `Zyxo is [{}]${fill(' ')}. ${unique()}`,
  () => `${unique()} ${fill('\u3000')}x`,
  () => `${unique()} ${fill(`a${'\u0301\u0327'.repeat(15)}`)}`,
  () => `${unique()} ${fill('👩‍👩‍👧‍👦')}`,
  () => `# ${unique()}\n\n${fill('# a\n\n')}`,
  () => `${unique()}\n\n${fill('| a | b |\n|---|---|\n')}`,
  () => `${unique()} ${fill('{{c1::a}} [[b]] \\(c')}`,
  () => `${unique()} ${fill('"a". ')}`,
  () => `${unique()} ${fill('第1号，')}`,
];
const worst = (i: number): string => WORST[i % WORST.length]?.() ?? '';
const hundred = (text: (i: number) => string): string => batchOf(Array.from({ length: 100 }, (_none, i) => text(i)));

/** Answers that a text of the tenant's own may bring about. */
const HOSTILE_MODELS = [
  ['answers that are cut', 'sim/length'],
  ['answers that are cut after blanks', 'sim/cut_blanks'],
  ['answers of many quotes', 'sim/many_quotes'],
  ['answers of brackets', 'sim/flood;place=string;piece=%5B'],
] as const;

export const FLOODS: readonly Assault[] = [
  {
    name: 'compressed bodies',
    lanes: 8,
    honest: 'requests',
    prepare: () => {
      const body = gzipSync(batchOfValues('0,'.repeat(4_000_000)));
      return (sender) => sender.send('POST', BATCH, { body, headers: gzip });
    },
  },
  {
    name: 'deep and wide bodies',
    lanes: 4,
    honest: 'requests',
    prepare: () => {
      const deep = `{"text":${'['.repeat(70_000)}${']'.repeat(70_000)}}`;
      const wide = batchOfValues('0,'.repeat(4_000_000));
      return (sender, _lane, i) => sender.send('POST', i % 2 ? BATCH : JOBS, { body: i % 2 ? wide : deep });
    },
  },
  {
    name: 'combining marks',
    lanes: 4,
    honest: 'batches',
    prepare: () => {
      const body = hundred(() => MARKS);
      return (sender) => sender.send('POST', BATCH, { body });
    },
  },
  {
    name: 'blanks',
    lanes: 8,
    honest: 'requests',
    prepare: () => (sender, lane, i) => sender.send('POST', JOBS, { body: submitOf(worst((lane + i) % 2)) }),
  },
  {
    name: 'batches of the worst texts',
    lanes: 2,
    leavesJobs: true,
    honest: 'batches',
    prepare: () => (sender) => sender.send('POST', BATCH, { body: hundred(worst) }),
  },
  {
    name: 'bad keys from the same address',
    lanes: 8,
    besideNeighbour: true,
    honest: 'requests',
    prepare: () => (sender) => sender.send('GET', JOBS, { key: makeApiKey().key }),
  },
  {
    name: 'large bodies without a key',
    lanes: 100,
    honest: 'requests',
    prepare: () => {
      const body = Buffer.alloc(8 * MIB - 1, '1');
      return (sender) => sender.send('POST', BATCH, { body, key: null });
    },
  },
  {
    name: 'cancels and regenerations',
    lanes: 8,
    honest: 'requests',
    prepare: async ({ deployment, attacker }) => {
      const job = await deployment.pair.finished(
        { text: ordinaryText(), options: { cards: 1 } },
        { Authorization: `Bearer ${attacker.key}` },
      );
      const regenerate = `${JOBS}/${job.id}/cards/${job.result?.deck.cards[0]?.id}/regenerate`;
      return async (sender, lane, i) => {
        const again = (lane + i) % 2 === 0;
        const body = again ? {} : { body: submitOf(ordinaryText()) };
        const { text } = await sender.send('POST', again ? regenerate : JOBS, body);
        await sender.send('POST', `${JOBS}/${idIn(text)}/cancel`);
      };
    },
  },
  ...HOSTILE_MODELS.map(([name, model]): Assault => ({
    name,
    lanes: 8,
    model,
    leavesJobs: true,
    honest: 'requests',
    prepare: () => (sender, lane, i) =>
      sender.send('POST', JOBS, { body: submitOf(worst(lane + i), { options: { cards: 50, model } }) }),
  })),
];
