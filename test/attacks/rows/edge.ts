import { makeApiKey } from '@flashcards/shared/security/api-key';
import { sendTo } from '../../harness/servers/send';
import { Nginx, findNginx } from '../../harness/servers/nginx';
import { BATCH, LENGTH, maxTemporary, statusesOf, upload } from '../../harness/servers/uploads';
import { KEYED, bearer } from '../../harness/stack/keys';
import type { Service } from '../../harness/stack/pair';
import { type Attack, attack, unless } from '../attack';
import type { Stage } from '../stage';

/** Statuses of reads under a foreign name, and of what a page of another site sends. */
interface Browsed {
  readonly reads: readonly number[];
  readonly changes: readonly number[];
}

const READS = ['/', '/v1/jobs', '/v1/queue'];
const CHANGES = ['/v1/jobs/no-such-job/cancel', '/v1/jobs/no-such-job/cards/c_000000000001/regenerate'];

/** What a page on a machine with the open mode reaches: by a name of its own, and as another site. */
async function browse(stage: Stage, settings: Record<string, string>, site: string): Promise<Browsed> {
  const pair = await stage.apart({ apis: 0, workers: 0 });
  const { url, opsUrl }: Service = await pair.addApi(settings);
  const status = async (base: string, method: string, path: string, headers: Record<string, string>) =>
    (await sendTo(() => base)(method, path, headers)).status;
  const foreign = (base: string) => ({ Host: `evil.example:${new URL(base).port}` });
  return {
    reads: await Promise.all([
      ...READS.map((path) => status(url, 'GET', path, foreign(url))),
      status(opsUrl, 'GET', '/metrics', foreign(opsUrl)),
    ]),
    changes: await Promise.all(CHANGES.map((path) => status(url, 'POST', path, { 'Sec-Fetch-Site': site }))),
  };
}

/** What a good key is answered after bad ones from its address. */
async function tryKeys(stage: Stage): Promise<readonly number[]> {
  const pair = await stage.pair();
  const good = await stage.tenant('good');
  const from = (key: string) => ({ Authorization: `Bearer ${key}`, 'X-Forwarded-For': '10.18.0.1' });
  for (let i = 0; i < 25; i += 1) await pair.call('GET', '/v1/jobs', undefined, from(makeApiKey().key));
  const answers = [
    await pair.call('GET', '/v1/usage', undefined, from(good.key)),
    await pair.call('GET', '/v1/usage', undefined, bearer(good)),
  ];
  return answers.map(({ status }) => status);
}

const CONNECTIONS = 100;
const UPLOADED = 1_048_576;

/** The most that nginx' temporary files hold of the bodies of strangers, on an edge with these settings. */
async function uploadAll(stage: Stage, AUTH: 'keys' | 'open'): Promise<number> {
  const pair = await stage.apart({
    workers: 0,
    settings: AUTH === 'keys' ? KEYED : { TRUST_PROXY_HOPS: 1, ALLOWED_HOSTS: 'flashcards.test' },
  });
  const limits = { MAX_CONNECTIONS_PER_ADDRESS: String(CONNECTIONS + 1), MAX_BATCHES_PER_CLIENT: String(CONNECTIONS) };
  const nginx = await Nginx.start(findNginx(), pair.url, { AUTH, ...limits });
  stage.after(() => nginx.stop());
  return maxTemporary(nginx, async () => {
    await statusesOf(Array.from({ length: CONNECTIONS }, () => upload([BATCH, LENGTH], UPLOADED, nginx))).catch(() => undefined); // prettier-ignore
  });
}

export const EDGE: readonly Attack[] = [
  attack({
    row: 7,
    name: 'large bodies of strangers',
    kind: 'spent before authentication',
    sent: '100 TLS connections from one address, a MiB each to /v1/jobs/batch, without a key',
    holds: 'nginx keeps nothing of the bodies of those who have no key',
    quick: false,
    play: (stage) => uploadAll(stage, 'keys'),
    broken: (bytes) => unless(bytes === 0, `its temporary files held ${bytes} bytes`),
    control: { what: 'an nginx that asks nobody who sends', play: (stage) => uploadAll(stage, 'open') },
  }),
  attack({
    row: 14,
    name: 'a page under a name of its own',
    kind: 'loopback is trusted although a browser lives there',
    sent: '`Host: evil.example` to the API and the operations port in open mode, and POSTs of another site without a body',
    holds: 'in open mode a page under another name reads nothing, and one of another site changes nothing',
    quick: true,
    play: (stage) => browse(stage, {}, 'cross-site'),
    broken: ({ reads, changes }) => [
      ...unless(
        reads.every((status) => status === 421),
        `reads are answered ${reads.join(', ')}`,
      ),
      ...unless(
        changes.every((status) => status === 403),
        `changes are answered ${changes.join(', ')}`,
      ),
    ],
    control: {
      what: 'a name that the operator allows, and a page of the same origin',
      play: (stage) => browse(stage, { ALLOWED_HOSTS: 'evil.example' }, 'same-origin'),
    },
  }),
  attack({
    row: 18,
    name: 'bad keys from an address',
    kind: 'collateral',
    sent: '25 bad keys from an address within a minute',
    holds: 'a good key is let in although others at its address sent bad ones',
    quick: true,
    play: tryKeys,
    broken: (statuses) =>
      unless(
        statuses.every((status) => status === 200),
        `the good key is answered ${statuses.join(', ')}`,
      ),
    control: { what: 'an address that is refused with all its keys', play: () => [429, 200] },
  }),
];
