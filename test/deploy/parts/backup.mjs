// Backup under load, and every way back from it.
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { check, eventually, expect } from '../checks.mjs';
import { composeOf } from './compose.mjs';
import { docker, lines, run } from '../docker.mjs';
import { PROJECTS } from '../leftovers.mjs';

/**
 * @typedef {import('../client.mjs').Client} Client
 * @typedef {import('../client.mjs').Body} Job
 */

/** @param {import('../run.mjs').Deployment} deployment */
export async function backup(deployment) {
  const { root, secrets } = deployment;
  const { compose, one, fresh, connect } = composeOf(deployment);
  const folder = `${root}/.cache/deploy-test/backups`;
  /** @type {(name: string, args: string[], options?: import('../docker.mjs').Options) => Promise<import('../docker.mjs').Said>} */
  const script = (name, args, options = {}) =>
    run(`${root}/deploy/scripts/${name}`, [...args, '--secrets', secrets, '--project', PROJECTS.compose], { allowed: true, ...options, env: { TEXTFILE_DIR: `${root}/.cache/deploy-test/textfile`, ...options.env } }); // prettier-ignore
  const redis = async (/** @type {string[]} */ ...args) => {
    const password = readFileSync(`${secrets}/password_operator`, 'utf8');
    return (
      await run('docker', [
        'exec',
        '--env',
        `REDISCLI_AUTH=${password}`,
        await one('redis-queue'),
        'redis-cli',
        '--user',
        'operator',
        '--no-auth-warning',
        ...args,
      ])
    ).out.trim();
  };
  const read = async (/** @type {string} */ id) => client.request('GET', `/v1/jobs/${id}`);
  const apiLogs = async () =>
    (await Promise.all(lines(await compose('ps', '--all', '--quiet', 'api')).map((id) => run('docker', ['logs', id]))))
      .map(({ out }) => out)
      .join('');
  const ready = () =>
    eventually(
      async () => (await client.request('GET', '/readyz').catch(() => undefined))?.status === 200,
      60,
      'ready again',
    );
  /** @type {Client} */
  let client;
  /** @type {Client} */
  let other;
  /** @type {import('../client.mjs').Outcomes} */
  let others;
  /** @type {string} */
  let file;
  /** @type {Job[]} */
  let kept;
  /** @type {string} */
  let erased;
  const erasures = `${root}/.cache/deploy-test/erasures.jsonl`;

  await check(
    'a backup is taken under load: no request fails, the file is opaque and complete',
    async () => {
      client = connect(await fresh());
      const made = await docker('exec', await one('api'), 'node', 'keys.js', 'create', '--tenant', 'other', '--scopes', 'jobs:read,jobs:write,data:erase'); // prettier-ignore
      other = connect(/** @type {import('./compose.mjs').Access} */ (JSON.parse(made)));
      others = await other.submitMany(5);
      await other.ends(others, 60);
      const first = await client.submitMany(200);
      kept = (await client.ends(first, 60)).slice(0, 50);
      const taken = script('backup', ['--to', folder]);
      const outcomes = await client.submitDuring(20, taken);
      const { code, out, errors } = await taken;
      expect(code === 0, errors);
      expect(outcomes.failures.length === 0, outcomes.failures[0]);
      file = `${folder}/${readdirSync(folder).find((name) => name.endsWith('.gpg'))}`;
      const text = readFileSync(file).toString('latin1');
      expect(!text.includes('redis.rdb') && !text.includes(kept[0]?.id ?? ''), 'the file can be read');
      const drill = await script('restore', [file, '--check']);
      expect(drill.code === 0 && /checked: /.test(drill.out), drill.errors);
      return `${/\((\d+ keys, \d+ bytes)\)/.exec(out)?.[1]}; ${drill.out.trim()}; ${outcomes.ids.length} submits meanwhile`;
    },
    { always: true },
  );

  await check(
    'a job is erased after the backup: its words are out of the append-only file once it was rewritten',
    async () => {
      const mark = `mark${Date.now()}mark`;
      const marked = client.newOutcomes();
      await client.submitMany(1, marked, { extra: { options: { cards: 3, title: mark } } });
      await client.ends(marked, 30);
      expect(marked.ids.length === 1, marked.failures[0]);
      const inFile = async () =>
        (
          await run('docker', ['exec', await one('redis-queue'), 'sh', '-c', `grep -rlc ${mark} /data/appendonlydir`], {
            allowed: true,
          })
        ).out.trim();
      expect((await inFile()) !== '', 'the check cannot fail: the words were never in the file');
      erased = kept.pop()?.id ?? '';
      for (const id of [...marked.ids, erased])
        expect((await client.request('DELETE', `/v1/jobs/${id}`)).status === 204, 'not erased');
      expect((await other.request('DELETE', '/v1/data')).status === 202, "a tenant's erasure is refused");
      await eventually(async () => (await apiLogs()).includes('"data.erased"'), 60, 'all of a tenant is erased');
      await redis('BGREWRITEAOF');
      await eventually(
        async () => /aof_rewrite_in_progress:0/.test(await redis('INFO', 'persistence')) && (await inFile()) === '',
        60,
        'the words are out of the file',
      );
      writeFileSync(erasures, await apiLogs());
    },
  );

  await check('a damaged backup is refused before anything is touched', async () => {
    const damaged = `${folder}/damaged.tar.gpg`;
    copyFileSync(file, damaged);
    chmodSync(damaged, 0o600);
    writeSync(openSync(damaged, 'r+'), Buffer.from([0x5a, 0xa5]), 0, 2, Math.floor(readFileSync(file).length / 2));
    const cut = `${folder}/cut.tar.gpg`;
    writeFileSync(cut, readFileSync(file).subarray(0, -2_000));
    const strangers = `${root}/.cache/deploy-test/other-secrets`;
    mkdirSync(strangers, { recursive: true });
    writeFileSync(`${strangers}/backup_key`, 'another');
    const before = await state();
    /** @type {[file: string, secrets: string][]} */
    const bad = [
      [damaged, secrets],
      [cut, secrets],
      [file, strangers],
    ];
    for (const [one, at] of bad) {
      const { code, errors } = await run(
        `${root}/deploy/scripts/restore`,
        [one, '--yes', '--secrets', at, '--project', PROJECTS.compose],
        { allowed: true },
      );
      expect(code === 1 && /Nothing was changed/.test(errors), `${code}: ${errors}`);
    }
    expect(before === (await state()), 'something was touched');
  });

  await check('a restore that fails in the middle takes everything back', async () => {
    const last = kept[0]?.id ?? '';
    const newer = client.newOutcomes();
    await client.submitMany(3, newer);
    await client.ends(newer, 30);
    // An engine that cannot start a container, once.
    const shim = `${root}/.cache/deploy-test/shim`;
    mkdirSync(shim, { recursive: true });
    const real = (await run('sh', ['-c', 'command -v docker'])).out.trim();
    writeFileSync(
      `${shim}/docker`,
      `#!/bin/sh\nif [ "$1" = start ] && [ ! -e ${shim}/failed ]; then touch ${shim}/failed; echo 'no space left on device' >&2; exit 1; fi\nexec ${real} "$@"\n`,
    );
    chmodSync(`${shim}/docker`, 0o755);
    const { code, errors } = await script('restore', [file, '--yes'], { env: { PATH: `${shim}:${process.env.PATH}` } });
    expect(code !== 0 && /the old data is back/.test(errors), `${code}: ${errors}`);
    await ready();
    for (const id of [last, ...newer.ids]) expect((await read(id)).status === 200, `${id} is gone`);
  });

  await check(
    'restored on an empty stack: counts and checksums equal, every job as it was, what was erased stays erased',
    async () => {
      await compose('down', '--volumes', '--timeout', '30');
      await compose('up', '--detach', '--no-build', '--wait', '--wait-timeout', '180');
      expect((await read(kept[0]?.id ?? '')).status === 401, 'the stack is not empty: it knows the key');
      const { code, out, errors } = await script('restore', [file, '--yes', '--erasures', erasures]);
      expect(code === 0 && /restored: /.test(out), errors);
      await ready();
      for (const job of kept) {
        const answer = await read(job.id);
        expect(answer.status === 200, `${job.id}: ${answer.status}`);
        const { queue: _now, ...now } = answer.json();
        const { queue: _then, ...then } = job;
        expect(JSON.stringify(now) === JSON.stringify(then), `${job.id} is another`);
      }
      expect([404, 410].includes((await read(erased)).status), 'the erased job is back');
      for (const id of others.ids) {
        const { status } = await other.request('GET', `/v1/jobs/${id}`);
        expect([404, 410].includes(status), `a job of the erased tenant is back: ${status}`);
      }
      expect(/[1-9]\d* erasures replayed/.test(out), out);
      const outcomes = await client.submitMany(10);
      const jobs = await client.ends(outcomes, 30);
      expect(jobs.length === 10 && jobs.every((job) => job.status === 'completed'), 'new jobs do not end');
      return lines(out).at(0) ?? '';
    },
  );

  await compose('down', '--volumes', '--timeout', '30');
  // Nothing to close where the first check failed.
  const close = () => client?.close();
  close();

  /** Not the number of keys: some end by themselves meanwhile. */
  async function state() {
    const container = await docker(
      'inspect',
      '--format',
      '{{.State.StartedAt}} {{.RestartCount}}',
      await one('redis-queue'),
    );
    const run = /run_id:(\w+)/.exec(await redis('INFO', 'server'))?.[1];
    const jobs = await Promise.all(kept.map(async ({ id }) => (await read(id)).text));
    return [container, run, ...jobs].join(' ');
  }
}
