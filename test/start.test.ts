import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { eventually } from './harness/eventually';

const ROOT = join(__dirname, '..');

test.each(['api', 'worker'])(
  'the %s whose launcher is gone before it has found Redis ends too',
  async (name) => {
    const redis = { REDIS_URL: 'redis://127.0.0.1:1' };
    const env = { ...redis, AUTH: 'open', OPENROUTER_API_KEY: 'sk-or-v1-sim-test', OPS_PORT: '0', PORT: '0' };
    const child = spawn(process.execPath, [join(ROOT, 'services', name, 'dist/main.js')], {
      env,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    child.disconnect();
    try {
      await eventually(() => expect(child).toMatchObject({ exitCode: 0 }));
    } finally {
      child.kill('SIGKILL');
    }
  },
  60_000,
);
