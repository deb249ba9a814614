import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from '@flashcards/shared/contract/job';
import { eventually } from '../../harness/eventually';
import { openFiles } from '../../harness/open-files';
import { CacheServer } from '../../harness/redis/cache-server';
import { contentsOf } from '../../harness/redis/contents';
import { KEYED, bearer, makeKey } from '../../harness/stack/keys';
import { Started, newDataFolder, removeData } from '../../harness/stack/started';
import { type Attack, attack, unless } from '../attack';
import type { Stage } from '../stage';

/** The state of a receipt while the cache is away, and whether the text's deck comes from the cache afterwards. */
interface Erased {
  readonly receipt: string;
  readonly again: string | null;
}

const MARK = 'Zyxomarkus';
const TEXT = `The ${MARK} beetle is an insect that lives in the tunnels of old wood.`;

/** Erases all data of a tenant whose deck is cached, with the cache cut away or not, and submits the text again. */
async function erase(stage: Stage, isCut: boolean): Promise<Erased> {
  const cache = await CacheServer.start();
  stage.after(() => cache.close());
  const pair = await stage.apart({ cache, settings: { ...KEYED, RATE_LIMIT_PER_MINUTE: 0 } });
  const [ann, bob] = [await makeKey(pair, 'ann'), await makeKey(pair, 'bob')];
  const make = (key = ann): Promise<Job> => pair.finished({ text: TEXT }, bearer(key));
  await make();
  await make(bob);
  await eventually(async () => {
    const decks = [...(await contentsOf(cache.redis.url)).values()].filter((value) => value.includes(MARK));
    expect(decks).toHaveLength(2);
  });
  const receiptOf = async (id: string): Promise<string> => {
    const { body } = await pair.call('GET', `/v1/data/erasures/${id}`, undefined, bearer(ann));
    return (body as { status: string }).status;
  };
  if (isCut) cache.cut();
  const { body } = await pair.call('DELETE', '/v1/data', undefined, bearer(ann));
  const { erasure_id: id } = body as { erasure_id: string };
  await eventually(async () =>
    expect((await pair.call('GET', '/v1/jobs', undefined, bearer(ann))).body).toMatchObject({ jobs: [] }),
  );
  const receipt = isCut ? await receiptOf(id) : await eventually(async () => expectDone(await receiptOf(id)));
  cache.mend();
  const again = isCut ? await eventually(() => make()) : await make(bob);
  if (isCut) await eventually(async () => expectDone(await receiptOf(id)), 60_000);
  return { receipt, again: again.cache };
}

function expectDone(status: string): string {
  expect(status).toBe('done');
  return status;
}

/** What others may read of a folder, and whether a file of Redis holds the mark. */
interface Folder {
  readonly open: readonly string[];
  readonly onDisk: boolean;
}

const look = (data: string): Folder => {
  const files = readdirSync(join(data, 'redis/appendonlydir')).map((name) => join(data, 'redis/appendonlydir', name));
  return { open: openFiles(data), onDisk: files.some((file) => readFileSync(file, 'latin1').includes(MARK)) };
};

async function start(): Promise<Folder> {
  const data = newDataFolder();
  const umask = process.umask(0o022); // an ordinary shell's, which others may read after
  try {
    const started = await Started.start({ WORKERS: '1', ERASED_ON_DISK_SECONDS: '10' }, data);
    const { id } = await started.finished({ text: TEXT });
    await started.call('DELETE', `/v1/jobs/${id}`);
    const seen = await eventually(() => {
      const now = look(data);
      expect(now.onDisk).toBe(false);
      return now;
    }, 60_000).catch(() => look(data));
    await started.end('SIGTERM');
    return seen;
  } finally {
    process.umask(umask);
    removeData(data);
  }
}

/** A folder as an earlier version left it. */
function startedOnce(): Folder {
  const data = newDataFolder();
  mkdirSync(join(data, 'redis/appendonlydir'), { recursive: true });
  writeFileSync(join(data, 'redis/appendonlydir/appendonly.aof.1.incr.aof'), TEXT, { mode: 0o644 });
  try {
    return look(data);
  } finally {
    removeData(data);
  }
}

export const ERASURES: readonly Attack[] = [
  attack({
    row: 13,
    name: 'an erasure while the cache is away',
    kind: 'best effort where a promise was made',
    sent: "DELETE /v1/data with the cache's Redis cut away, and then a submit of the text",
    holds: 'a receipt says done only when the cached decks are gone, and none of them is served before',
    quick: false,
    play: (stage) => erase(stage, true),
    broken: ({ receipt, again }) => [
      ...unless(receipt === 'erasing', `the receipt says ${receipt} while the cache is away`),
      ...unless(again === 'miss', `the text is answered from the cache: ${again}`),
    ],
    control: {
      what: 'an erasure that reaches the cache, and the cached deck of another tenant',
      play: (stage) => erase(stage, false),
    },
  }),
  attack({
    row: 22,
    name: 'files that others may read',
    kind: 'private by accident',
    sent: 'npm start, a job, and its erasure',
    holds: 'files of npm start are for its user alone, and an erased text leaves the disk',
    quick: false,
    play: start,
    broken: ({ open, onDisk }) => [
      ...open.map((file) => `others may use ${file}`),
      ...unless(!onDisk, 'the erased text is in a file of Redis'),
    ],
    control: { what: 'a folder as an earlier version left it', play: startedOnce },
  }),
];
