import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { tied } from '../../scripts/tied.cjs';
import { eventually } from '../harness/eventually';
import { WEBHOOK_SECRET } from '../harness/servers/receiver';
import { freePort } from '../harness/redis/redis-server';

const GUIDE = readFileSync(join(__dirname, '../../docs/webhooks.md'), 'utf8');
const listing = (language: string): string => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(GUIDE)?.[1] ?? '';
const BODY = JSON.stringify({
  type: 'job.completed',
  data: { id: 'job-1', result: { deck: { title: '光合作用 “½”' } } },
});

const signed = (body = BODY, at = new Date()) => ({
  'webhook-id': 'job-1_5',
  'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
  'webhook-signature': `v1,bm90aGluZw== ${new Webhook(WEBHOOK_SECRET).sign('job-1_5', at, body)}`,
});

// A machine without Python can still test everything else.
const hasPython = spawnSync('python3', ['--version']).status === 0;

describe.each([
  ['JavaScript', process.execPath, ['--input-type=module', '-e', listing('js')], true],
  ['Python', 'python3', ['-c', listing('python')], hasPython],
])('the receiver of the guide in %s', (_language, command, args, isHere) => {
  const when = isHere ? test : test.skip;
  let child: ChildProcess;
  let url = '';
  let output = '';
  beforeAll(async () => {
    if (!isHere) return;
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    child = spawn(...tied(command, args), {
      env: { PATH: process.env['PATH'], PORT: String(port), WEBHOOK_SECRET },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
    await eventually(() => fetch(url, { method: 'POST', body: 'x' }));
  }, 20_000);
  afterAll(() => void child?.kill('SIGKILL'));

  const post = async (headers: Record<string, string>, body = BODY): Promise<number> =>
    (await fetch(url, { method: 'POST', headers, body })).status;

  when('takes what is signed, and reads it', async () => {
    expect(await post(signed())).toBe(204);
    await eventually(() => expect(output.trim()).toBe('job.completed job-1'));
  });

  when.each([
    ['with another body', signed(), BODY.replace('光', '火')],
    ['signed with another secret', { ...signed(), 'webhook-signature': new Webhook('whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA').sign('job-1_5', new Date(), BODY) }, BODY],
    ['of six minutes ago', signed(BODY, new Date(Date.now() - 360_000)), BODY],
    ['without a signature', {}, BODY],
  ])('refuses what comes %s', async (_what, headers, body) => {
    expect(await post(headers, body)).toBe(400);
  });
}); // prettier-ignore
