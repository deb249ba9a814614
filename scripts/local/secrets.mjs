// Secrets of a machine's own, made once and read from files: what AUTH=keys needs where nobody brings any.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** Where `npm start` keeps what has to outlive it: `DATA_DIR`, or `.data`. */
export const dataFolder = () => process.env.DATA_DIR || '.data';

const NAMES = { KEY_PEPPER: 'key_pepper', SECRETS_KEY: 'secrets_key' };

/**
 * The settings that are missing in `given`: files of secrets, and of the audit log, in the folder `data`.
 * @param {string} data
 * @param {NodeJS.ProcessEnv} given
 */
export function localSecrets(data, given) {
  const folder = resolve(data, 'secrets');
  /** @type {Record<string, string>} */
  const made = given.AUDIT_FILE ? {} : { AUDIT_FILE: resolve(data, 'audit.jsonl') };
  for (const [name, file] of Object.entries(NAMES)) {
    if (given[name] || given[`${name}_FILE`]) continue;
    const path = resolve(folder, file);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 });
    made[`${name}_FILE`] = path;
  }
  return made;
}
