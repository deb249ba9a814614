import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Pair } from './pair';

const ROOT = join(__dirname, '../../..');
const execute = promisify(execFile);

/** What a pair needs to have keys. */
export const KEYED = {
  AUTH: 'keys',
  KEY_PEPPER: 'pepper-of-the-tests-and-of-nothing-else',
  SECRETS_KEY: 'ab'.repeat(32),
};

export interface MadeKey {
  readonly id: string;
  readonly tenant: string;
  readonly key: string;
  readonly expires_at: string | null;
  readonly webhook_secret: string | null;
}

/** Runs the command that manages keys, as an operator would. */
export async function keysCommand(
  pair: Pair,
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<unknown> {
  const { KEY_PEPPER, SECRETS_KEY } = KEYED;
  const env = { PATH: process.env['PATH'], REDIS_URL: pair.redis.urlOf('api'), KEY_PEPPER, SECRETS_KEY, ...more };
  const { stdout } = await execute(process.execPath, [join(ROOT, 'services/api/dist/keys.js'), ...args], { env });
  return JSON.parse(stdout);
}

export const makeKey = async (pair: Pair, tenant: string, ...args: string[]): Promise<MadeKey> =>
  (await keysCommand(pair, ['create', '--tenant', tenant, ...args])) as MadeKey;

export const bearer = ({ key }: { key: string }): Record<string, string> => ({ Authorization: `Bearer ${key}` });
