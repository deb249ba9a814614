// Backup and restore of a Swarm, whose audit log is on as many nodes as ran the API.
import { readFileSync, readdirSync, rmSync } from 'node:fs';
import { check, eventually, expect } from '../checks.mjs';
import { docker, lines, run } from '../docker.mjs';
import { STACK } from '../leftovers.mjs';

const API = 'flashcards-api:test';

/**
 * What the Swarm's other checks work with.
 * @typedef {object} Stack
 * @property {() => import('../client.mjs').Client} client
 * @property {() => Promise<unknown>} settled
 * @property {(outcomes: import('../client.mjs').Outcomes, seconds: number) => Promise<import('../client.mjs').Body[]>} allEnd
 */

/**
 * @param {import('../run.mjs').Deployment} deployment
 * @param {Stack} stack
 */
export async function swarmBackup({ root, secrets }, { client, settled, allEnd }) {
  const folder = `${root}/.cache/deploy-test/swarm-backups`;
  /** @type {(name: string, ...args: string[]) => Promise<import('../docker.mjs').Said>} */
  const script = (name, ...args) => run(`${root}/deploy/scripts/${name}`, [...args, '--secrets', secrets, '--project', STACK], { allowed: true }); // prettier-ignore
  const tasks = async () =>
    lines(await docker('stack', 'ps', STACK, '--filter', 'desired-state=running', '--no-trunc', '--format', '{{.ID}} {{.Name}}'))
      .filter((task) => !task.includes('redis-queue')).sort().join('\n'); // prettier-ignore
  /** @type {string} */
  let file;
  /** @type {import('../client.mjs').Body[]} */
  let kept;

  await check('a backup on the Swarm holds the audit log of each node that ran the API, no chain broken', async () => {
    kept = await allEnd(await client().submitMany(50), 60);
    const { code, out, errors } = await script('backup', '--to', folder);
    expect(code === 0 && !/missing|could not be read/.test(errors), errors || out);
    file = `${folder}/${readdirSync(folder).find((name) => name.endsWith('.gpg'))}`;
    const to = `${root}/.cache/deploy-test/swarm-extracted`;
    rmSync(to, { recursive: true, force: true });
    expect((await script('restore', file, '--extract', to)).code === 0, 'the backup cannot be extracted');
    const chains = readdirSync(to).filter((name) => name.startsWith('audit-'));
    // A replica was on a node that was cut off, so another node has run one since.
    expect(chains.length >= 2, `audit logs of ${chains.join(', ') || 'no node'}`);
    await run('chmod', ['-R', 'a+rX', to]);
    for (const name of chains)
      await docker('run', '--rm', '--network', 'none', '--volume', `${to}:/backup:ro`, API, 'node', 'audit-verify.js', `/backup/${name}`); // prettier-ignore
    const text = chains.map((name) => readFileSync(`${to}/${name}`, 'utf8')).join('');
    expect(text.includes('"key.created"'), 'the first record of all is in none');
    return `${chains.length} nodes, ${lines(text).length} records`;
  });

  await check('a restore stops where the audit log of a node cannot be read, and changes nothing', async () => {
    const [node = ''] = lines(await docker('node', 'ls', '--filter', 'role=worker', '--format', '{{.ID}}'));
    await docker('node', 'update', '--availability', 'pause', node);
    try {
      const { code, out, errors } = await script('restore', file, '--yes');
      expect(
        code !== 0 && /audit log of .* is missing/.test(errors) && /Nothing was changed/.test(errors),
        out + errors,
      );
    } finally {
      await docker('node', 'update', '--availability', 'active', node);
    }
  });

  await check(
    'restored on the Swarm: every job as it was, what was erased since stays erased, no task restarted',
    async () => {
      const erased = kept.pop()?.id ?? '';
      const later = await allEnd(await client().submitMany(3), 30);
      expect((await client().request('DELETE', `/v1/jobs/${erased}`)).status === 204, 'not erased');
      const before = await tasks();
      // Nobody shipped an audit log: the restore finds the erasure in those of the nodes.
      const start = Date.now();
      const { code, out, errors } = await script('restore', file, '--yes');
      const seconds = Math.round((Date.now() - start) / 1_000);
      expect(code === 0 && /restored: /.test(out), errors);
      expect(/[1-9]\d* erasures replayed/.test(out), out + errors);
      await settled();
      await eventually(async () => (await client().request('GET', '/readyz')).status === 200, 60, 'ready again');
      for (const job of kept) {
        const answer = await client().request('GET', `/v1/jobs/${job.id}`);
        expect(answer.status === 200, `${job.id}: ${answer.status}`);
        const [{ queue: _now, ...now }, { queue: _then, ...then }] = [answer.json(), job];
        expect(JSON.stringify(now) === JSON.stringify(then), `${job.id} is another`);
      }
      for (const id of [erased, later[0]?.id ?? '']) {
        const { status } = await client().request('GET', `/v1/jobs/${id}`);
        expect(status === 404 || status === 410, `${id} is answered ${status}`);
      }
      await allEnd(await client().submitMany(10), 60);
      expect(before === (await tasks()), 'tasks changed');
      return `in ${seconds} s, ${lines(out).at(0) ?? ''}`;
    },
  );
}
