import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export type RedisUser = 'api' | 'worker' | 'exporter' | 'operator';
/** Which Redis: they have the same users, with rights of their own. */
export type RedisPart = 'queue' | 'cache';

const LIB = join(__dirname, '../../../deploy/scripts/lib/users.sh');
export const passwordOf = (user: RedisUser): string => `password_${user}`;

/**
 * The users that a deployment gives its Redis, each with a password that follows from its name. `default`, which nobody
 * can be in a deployment, is the tests' own.
 */
export function shippedUsers(part: RedisPart): string {
  const hash = `hash_of() { printf %s "$1" | sha256sum | cut -d' ' -f1; }`;
  const users = execFileSync('bash', ['-euc', `${hash}; . '${LIB}'; ${part}_users`], { encoding: 'utf8' });
  return users
    .replace(/^user default .*$/m, 'user default on nopass allkeys allchannels +@all')
    .replaceAll(' +client|setinfo', ''); // Redis 7.0 has no such command, and refuses its name
}
