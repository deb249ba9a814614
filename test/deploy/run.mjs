// npm run test:deploy: the deployment on a real engine, in the order of docs/deployment.md. A part's name and
// a pattern of titles choose some of it: npm run test:deploy -- swarm 'outage|autoscaler'
import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { audit } from './audit.mjs';
import { backup } from './backup.mjs';
import { only, summary } from './checks.mjs';
import { compose } from './compose.mjs';
import { docker, hasEngine, run } from './docker.mjs';
import { edge } from './edge.mjs';
import { images } from './images.mjs';
import { swarm } from './swarm.mjs';

const PARTS = { images, compose, swarm, edge, backup, audit };
const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const words = process.argv.slice(2).filter((word) => word !== 'test:deploy');
const chosen = words.filter((word) => word in PARTS);
only(words.find((word) => !(word in PARTS)));
process.chdir(root);
const secrets = join(root, '.cache/deploy-test/secrets');

if (!(await hasEngine())) {
  console.log('No Docker engine answers here: nothing of the deployment was tested.');
  process.exit(0);
}
rmSync(join(root, '.cache/deploy-test'), { recursive: true, force: true });
mkdirSync(secrets, { recursive: true });
process.env.TEXTFILE_DIR = join(root, '.cache/deploy-test/textfile');
await run(`${root}/deploy/scripts/secrets`, ['--directory', secrets]);
await run('sh', [
  '-c',
  `printf sk-or-v1-sim-local >${secrets}/openrouter_api_key && chmod 444 ${secrets}/openrouter_api_key`,
]);
await docker('build', '--quiet', '--file', 'Dockerfile.api', '--tag', 'flashcards-api:test', '.');
await docker('build', '--quiet', '--file', 'Dockerfile.worker', '--tag', 'flashcards-worker:test', '.');
await docker('build', '--quiet', '--file', 'Dockerfile.autoscaler', '--tag', 'flashcards-autoscaler:test', '.');
await docker(
  'build',
  '--quiet',
  '--file',
  'Dockerfile.worker',
  '--target',
  'build',
  '--tag',
  'flashcards-standin:test',
  '.',
);
for (const [name, part] of Object.entries(PARTS)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  console.log(`\n${name}`);
  await part({ root, secrets });
}
process.exitCode = summary() ? 0 : 1;
