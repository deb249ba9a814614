// The scripts of deploy/: each says what it does, is sound, and may be run again.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { NotRun, check, expect } from '../checks.mjs';
import { lines, run } from '../docker.mjs';

const FOLDER = 'deploy/scripts';

/** @param {import('../run.mjs').Deployment} deployment */
export async function scripts({ root }) {
  const commands = [
    ...readdirSync(`${root}/${FOLDER}`)
      .map((name) => `${FOLDER}/${name}`)
      .filter((path) => statSync(`${root}/${path}`).isFile()),
    'deploy/swarm/deploy.sh',
  ];
  const has = async (/** @type {string} */ command) =>
    (await run('sh', ['-c', `command -v ${command}`], { allowed: true })).code === 0;
  const work = `${root}/.cache/deploy-test`;

  await check('each script says with --help what it does, and refuses an option that it does not know', async () => {
    for (const path of commands) {
      const { code, out } = await run(`${root}/${path}`, ['--help'], { allowed: true });
      expect(code === 0 && /^usage: /.test(out), `${path} --help: ${code} ${out.slice(0, 80)}`);
      const wrong = await run(`${root}/${path}`, ['--no-such-option'], { allowed: true });
      expect(wrong.code === 2 && /usage: /.test(wrong.errors), `${path} --no-such-option: ${wrong.code}`);
    }
    return `${commands.length} scripts`;
  });

  await check('shellcheck has nothing to say about any of them', async () => {
    if (!(await has('shellcheck'))) throw new NotRun('shellcheck is not installed');
    const all = lines((await run('sh', ['-c', `grep -rlE '^#!.*sh$|^# shellcheck shell=' ${root}/deploy`])).out);
    expect(
      commands.every((path) => all.includes(`${root}/${path}`)),
      `not every script is looked at: ${all.join()}`,
    );
    const { code, out } = await run('shellcheck', ['--external-sources', ...all], { allowed: true });
    expect(code === 0, out);
    return `${all.length} files`;
  });

  await check(
    'no pipe ends in `grep -q`: it stops reading, and under pipefail its match then fails, now and then',
    async () => {
      const { out } = await run('sh', ['-c', `grep -rnE '\\|[[:space:]]*grep -[a-zA-Z]*q' ${root}/deploy/scripts ${root}/deploy/swarm/deploy.sh`], { allowed: true }); // prettier-ignore
      expect(out === '', out);
    },
  );

  await check(
    'a self-signed certificate is made once, and one that does not belong to its key is not installed',
    async () => {
      const [one, other] = [`${work}/certificates-one`, `${work}/certificates-other`];
      /** @type {(...args: string[]) => Promise<import('../docker.mjs').Said>} */
      const certificates = (...args) => run(`${root}/${FOLDER}/certificates`, args, { allowed: true });
      const made = () => readFileSync(`${one}/fullchain.pem`, 'utf8');
      expect((await certificates('self-signed', '--directory', one)).code === 0, 'none is made');
      const first = made();
      expect(
        (await certificates('self-signed', '--directory', one)).code === 0 && made() === first,
        'it was made again',
      );
      await certificates('self-signed', '--directory', other);
      await run('cp', [`${one}/fullchain.pem`, `${other}/fullchain.pem`]);
      const wrong = await certificates('install', '--from', other, '--directory', one);
      expect(wrong.code !== 0 && made() === first, 'a key of another certificate was installed');
      for (let i = 0; i < 2; i += 1)
        expect((await certificates('status', '--directory', one)).code === 0, 'a good certificate is not good');
    },
  );

  await check(
    'the firewall: a dry run changes nothing, twice is as once, and remove takes its rules away',
    async () => {
      for (const command of ['ufw', 'iptables', 'unshare'])
        if (!(await has(command))) throw new NotRun(`${command} is not installed`);
      const { code, out, errors } = await run('unshare', ['--net', '--mount', 'bash', `${root}/test/deploy/fixtures/firewall.sh`, root, `${work}/firewall`], { allowed: true }); // prettier-ignore
      if (code === 77) throw new NotRun(errors.trim());
      expect(code === 0, errors || out);
      return out.trim();
    },
  );
}
