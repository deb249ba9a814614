// The images: what is in them, who they run as, what they may do.
import { NODE_OPTIONS } from '../../../scripts/local/child.mjs';
import { check, eventually, expect } from '../checks.mjs';
import { docker, lines, run } from '../docker.mjs';
import { IMAGES_NETWORK } from '../leftovers.mjs';

const IMAGES = ['flashcards-api:test', 'flashcards-worker:test', 'flashcards-autoscaler:test'];
const BASE = 'node:24-bookworm-slim';
const MAX_MIB = 45;
/** @type {(image: string, format: string) => Promise<string>} */
const inspect = async (image, format) => docker('image', 'inspect', '--format', format, image);
/** @type {(image: string, script: string) => Promise<string>} */
const inside = (image, script) => docker('run', '--rm', '--network', 'none', '--entrypoint', 'sh', image, '-c', script);

/** @param {import('../run.mjs').Deployment} deployment */
export async function images({ root, secrets }) {
  await check(`each image is at most ${MAX_MIB} MiB above its base`, async () => {
    const base = Number(await inspect(BASE, '{{.Size}}'));
    /** @type {string[]} */
    const figures = [];
    for (const image of IMAGES) {
      const mib = (Number(await inspect(image, '{{.Size}}')) - base) / 2 ** 20;
      expect(mib > 0 && mib <= MAX_MIB, `${image}: ${mib.toFixed(1)} MiB`);
      figures.push(`${image.split(':')[0]} ${mib.toFixed(1)} MiB`);
    }
    return figures.join(', ');
  });

  await check(
    'each image runs as a numeric user that is not root, in exec form, with a health check and labels',
    async () => {
      for (const image of IMAGES) {
        expect(/^[1-9]\d*:[1-9]\d*$/.test(await inspect(image, '{{.Config.User}}')), `${image}: user`);
        expect((await inspect(image, '{{index .Config.Cmd 0}}')) === 'node', `${image}: command`);
        expect((await inspect(image, '{{index .Config.Healthcheck.Test 0}}')) === 'CMD', `${image}: health check`);
        for (const label of ['title', 'version', 'revision', 'licenses'])
          expect(
            await inspect(image, `{{index .Config.Labels "org.opencontainers.image.${label}"}}`),
            `${image}: label ${label}`,
          );
      }
    },
  );

  await check(
    'nothing of the build, the tests or the sources is inside, and all dependencies are those of production',
    async () => {
      for (const image of IMAGES) {
        const found = await inside(
          image,
          "find /app /src /pnpm-store \\( -name '*.ts' -o -name '*.map' -o -name '*.test.*' -o -path '*@flashcards*/src/*' -o -name .npmrc -o -path '/src/*' -o -path '/pnpm-store/*' \\) -print 2>/dev/null || true",
        );
        expect(found === '', `${image}: ${lines(found).slice(0, 5).join(', ')}`);
        const packages = await inside(image, 'ls /app/node_modules/.pnpm');
        expect(!/^(jest|oxlint|typescript|prettier|@swc)/m.test(packages), `${image}: development packages`);
      }
    },
  );

  await check('no secret is in the history or the environment of an image', async () => {
    for (const image of IMAGES) {
      const history = `${await docker('history', '--no-trunc', '--format', '{{.CreatedBy}}', image)}\n${await inspect(image, '{{json .Config.Env}}')}`;
      const own = lines(history).filter((line) =>
        /(password|passwd|secret|token|api_?key|_auth)\s*[=:]\s*\S|sk-or-|whsec_|BEGIN [A-Z ]*PRIVATE/i.test(line),
      );
      expect(own.length === 0, `${image}: ${own[0]?.slice(0, 200)}`);
    }
  });

  await check('an unchanged list of dependencies is not installed again', async () => {
    const marker = `${root}/packages/shared/src/contract/.deploy-test.log`;
    const build = async () =>
      (
        await run('docker', ['build', '--progress', 'plain', '--file', 'Dockerfile.api', '--target', 'build', '.'], {
          env: { DOCKER_BUILDKIT: '1' },
        })
      ).errors;
    await build();
    await run('sh', ['-c', `date +%N >${marker}`]);
    try {
      const output = await build();
      const step = /#(\d+) \[build [^\]]+\] RUN --mount/.exec(output)?.[1];
      expect(step && new RegExp(`^#${step} CACHED`, 'm').test(output), 'a changed source installed everything again');
      expect(/\] RUN node scripts\/run\.mjs build/.test(output), 'the build has no step that builds');
    } finally {
      await run('rm', ['-f', marker]);
    }
  });

  await check('without usable settings a container says what is missing and ends with 78', async () => {
    const { code, errors } = await run('docker', ['run', '--rm', '--network', 'none', 'flashcards-worker:test'], {
      allowed: true,
    });
    expect(code === 78 && /REDIS_URL is not set/.test(errors), `${code}: ${errors}`);
  });

  await check(
    'with no capability, no privilege to gain and a read-only root it becomes healthy; its heap follows its memory limit',
    async () => {
      const network = IMAGES_NETWORK;
      const hardened = [
        '--read-only',
        '--cap-drop',
        'ALL',
        '--security-opt',
        'no-new-privileges:true',
        '--tmpfs',
        '/tmp',
        '--network',
        network,
      ];
      await docker('network', 'create', '--internal', network);
      /** @type {string[]} */
      const started = [];
      try {
        started.push(
          await docker(
            'run',
            '--detach',
            '--network',
            network,
            '--name',
            'flashcards-images-redis',
            '--user',
            'redis',
            'redis:8.0-bookworm',
            'redis-server',
            '--protected-mode',
            'no',
            '--save',
            '',
          ),
        );
        const worker = await docker(
          'run',
          '--detach',
          ...hardened,
          '--memory',
          '256m',
          '--health-interval',
          '1s',
          '--env',
          'REDIS_URL=redis://flashcards-images-redis:6379',
          '--env',
          'OPENROUTER_API_KEY=none',
          'flashcards-worker:test',
        );
        started.push(worker);
        await eventually(
          async () => (await docker('inspect', '--format', '{{.State.Health.Status}}', worker)) === 'healthy',
          60,
          'healthy',
        );
        const status = await docker('exec', worker, 'cat', '/proc/1/status');
        expect(/^CapEff:\s*0+$/m.test(status) && /^CapBnd:\s*0+$/m.test(status), 'it has capabilities');
        expect(/^NoNewPrivs:\s*1$/m.test(status), 'it may gain privileges');
        expect(/^Uid:\s*1000\s/m.test(status), 'it runs as another user');
        const write = await run('docker', ['exec', worker, 'sh', '-c', 'echo x >/app/x'], { allowed: true });
        expect(write.code !== 0, 'its root can be written');
        const heap = Number(
          await docker(
            'exec',
            worker,
            'node',
            '--max-old-space-size-percentage=70',
            '-p',
            "Math.round(require('v8').getHeapStatistics().heap_size_limit/2**20)",
          ),
        );
        const command = await docker('exec', worker, 'cat', '/proc/1/cmdline');
        for (const option of ['--max-old-space-size-percentage=70', ...NODE_OPTIONS])
          expect(command.includes(option), `it starts without ${option}`);
        expect(heap > 150 && heap < 210, `heap limit ${heap} MiB of 256`);
        return `heap limit ${heap} of 256 MiB`;
      } finally {
        if (started.length > 0) await docker('rm', '--force', ...started);
        await docker('network', 'rm', network);
      }
    },
  );

  await check('the API of a deployment refuses to start open to a network', async () => {
    const { code, errors } = await run(
      'docker',
      [
        'run',
        '--rm',
        '--network',
        'none',
        '--env',
        'REDIS_URL=redis://r:1',
        '--env',
        'AUTH=open',
        'flashcards-api:test',
      ],
      { allowed: true },
    );
    expect(code === 78 && /AUTH=open/.test(errors), `${code}: ${errors}`);
  });

  await check('secrets are made once, complete, and readable by their owner alone', async () => {
    const list = async () => (await run('sh', ['-c', `cd ${secrets} && find . -type f | sort | xargs sha256sum`])).out;
    const before = await list();
    const again = await run(`${root}/deploy/scripts/secrets`, ['--directory', secrets]);
    expect(before === (await list()), `a second run changed something: ${again.out}`);
    await run(`${root}/deploy/scripts/secrets`, ['--directory', secrets, '--check']);
    expect((await run('stat', ['-c', '%a', secrets])).out.trim() === '700', 'the folder is open to others');
  });
}
