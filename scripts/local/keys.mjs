// npm run keys -- create | list | rotate | revoke …, npm run audit:verify: the API's commands, with what npm start uses.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { keepPrivate } from './private.mjs';
import { dataFolder, localSecrets } from './secrets.mjs';

/** @type {Record<string, string>} */
const SCRIPTS = { keys: 'keys.js', 'audit:verify': 'audit-verify.js' };

if (existsSync('.env')) process.loadEnvFile('.env');
keepPrivate();
const DATA = dataFolder();
/** @type {NodeJS.ProcessEnv} */
const env = { ...process.env, ...localSecrets(DATA, process.env) };
if (!env.REDIS_URL && existsSync(`${DATA}/redis.url`)) env.REDIS_URL = readFileSync(`${DATA}/redis.url`, 'utf8');
const script = `services/api/dist/${SCRIPTS[process.argv[2] ?? 'keys']}`;
const { status } = spawnSync(process.execPath, [script, ...process.argv.slice(3)], { stdio: 'inherit', env });
process.exitCode = status ?? 1;
