// npm run test:deploy: the deployment on a real engine, in the order of docs/deployment.md. A part's name and
// a pattern of titles choose some of it: npm run test:deploy -- swarm 'outage|autoscaler'
// UPDATE_FROM=REVISION: the Swarm is updated from the images of that commit, and rolled back to them.
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from './parts/audit.mjs';
import { backup } from './parts/backup.mjs';
import { halt, inPart, noteStray, only, summary } from './checks.mjs';
import { compose } from './parts/compose.mjs';
import { docker, hasEngine, run } from './docker.mjs';
import { edge } from './parts/edge.mjs';
import { images } from './parts/images.mjs';
import { takeTurn, tidy } from './leftovers.mjs';
import { overlays } from './parts/overlays.mjs';
import { scripts } from './parts/scripts.mjs';
import { swarm } from './parts/swarm.mjs';

/** @typedef {{ root: string, secrets: string }} Deployment the repository, and the deployment's secrets */

/** @type {Record<string, (deployment: Deployment) => Promise<void>>} */
const PARTS = { images, scripts, compose, overlays, swarm, edge, backup, audit };
/** @type {Record<string, [file: string, ...options: string[]]>} */
const BUILDS = { api: ['Dockerfile.api'], worker: ['Dockerfile.worker'], autoscaler: ['Dockerfile.autoscaler'], standin: ['Dockerfile.worker', '--target', 'build'] }; // prettier-ignore
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const words = process.argv.slice(2).filter((word) => word !== 'test:deploy');
const chosen = words.filter((word) => word in PARTS);
only(words.find((word) => !(word in PARTS)));
process.chdir(root);
const work = join(root, '.cache/deploy-test');
const secrets = join(work, 'secrets');
const report = '.data/deploy/report.json';

if (!(await hasEngine())) {
  console.log('No Docker engine answers here: nothing of the deployment was tested.');
  process.exit(0);
}
const other = takeTurn();
if (other) {
  console.error(`Another run is at work on this machine (process ${other}).`);
  process.exit(1);
}
for (const signal of ['SIGINT', 'SIGTERM'])
  process.once(signal, () => {
    halt();
    console.log(`\n${signal}: what was started is removed.`);
    void tidy().finally(() => process.exit(130));
  });

process.on('unhandledRejection', noteStray);
const started = new Date();
await tidy();
await inPart('build', prepare);
for (const [name, part] of Object.entries(PARTS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  await inPart(name, () => part({ root, secrets }));
}
await tidy();
/** @type {(command: string, ...args: string[]) => Promise<string>} */
const outputOf = (command, ...args) => run(command, args, { allowed: true }).then(({ out }) => out.trim());
const green = summary(report, {
  started: started.toISOString(),
  seconds: Math.round((Date.now() - started.getTime()) / 1_000),
  revision: await outputOf('git', 'rev-parse', 'HEAD'),
  engine: await outputOf('docker', 'version', '--format', '{{.Server.Version}}'),
});
process.exitCode = green ? 0 : 1;

async function prepare() {
  rmSync(work, { recursive: true, force: true });
  mkdirSync(secrets, { recursive: true });
  process.env.TEXTFILE_DIR = join(work, 'textfile');
  await makeSecrets(secrets);
  for (const [name, [file, ...options]] of Object.entries(BUILDS))
    await docker('build', '--quiet', '--file', file, ...options, '--tag', `flashcards-${name}:test`, '.');
  if (process.env.UPDATE_FROM) await buildFrom(process.env.UPDATE_FROM);
}

/**
 * The images of an earlier commit, as `:from`.
 * @param {string} revision
 */
async function buildFrom(revision) {
  const checkout = join(work, 'from');
  mkdirSync(checkout);
  await run('sh', ['-c', `git archive ${revision} | tar --extract --directory ${checkout}`]);
  for (const name of ['api', 'worker'])
    await docker('build', '--quiet', '--file', join(checkout, `Dockerfile.${name}`), '--tag', `flashcards-${name}:from`, checkout); // prettier-ignore
}

/**
 * All but the key of a model that is never asked.
 * @param {string} directory
 */
async function makeSecrets(directory) {
  const keyFile = join(work, 'openrouter.key');
  await run('sh', ['-c', `printf sk-or-v1-sim-local >${keyFile}`]);
  await run(`${root}/deploy/scripts/secrets`, ['--directory', directory, '--openrouter-key-file', keyFile]);
}
