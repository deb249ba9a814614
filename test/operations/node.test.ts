// The Nodes that these tests run on: scripts/test/node.mjs.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
interface Manifest {
  readonly engines: { readonly node: string };
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
const manifest = (folder: string): Manifest => JSON.parse(read(`${folder}/package.json`)) as Manifest;
const versionsOf = (node: string): string[] => Object.values(manifest(`test/node/${node}`).optionalDependencies);

test.each(['api', 'worker', 'autoscaler'])('npm test runs on the major version of Node that the image of the %s has', (image) => {
  const [, major = ''] = /^ARG BASE=node:(\d+)-/m.exec(read(`Dockerfile.${image}`)) ?? [];
  expect(versionsOf('images').map((version) => version.split('.')[0])).toEqual([major, major]);
}); // prettier-ignore

test('npm run test:floor runs on the oldest Node that the manifests allow, that the scripts accept, and that installs are for', () => {
  const [floor = '', same] = versionsOf('floor');
  expect(same).toBe(floor);
  const allowed = `>=${floor.replace(/\.0$/, '')}`;
  expect(['.', 'packages/client'].map((folder) => manifest(folder).engines.node)).toEqual([allowed, allowed]);
  expect(read('pnpm-workspace.yaml')).toContain(`\nnodeVersion: ${floor}\n`);
  expect(read('scripts/run.mjs')).toContain(`Node ${floor.replace(/\.0$/, '')} or newer is needed`);
});

test('npm start, and what builds an image, look for no Node of the tests', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flashcards-node-'));
  const ask = `import('${ROOT}/scripts/test/node.mjs').then(({ nodeFor }) => console.log(['start', 'build'].map(nodeFor)))`;
  try {
    expect(execFileSync(process.execPath, ['-e', ask], { cwd: folder, encoding: 'utf8' })).toBe('[ undefined, undefined ]\n'); // prettier-ignore
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a TEST_NODE that does not exist is refused with those that do', () => {
  const env = { ...process.env, TEST_NODE: 'newest' };
  const { status, stderr } = spawnSync(process.execPath, ['scripts/run.mjs', 'test', 'none'], { cwd: ROOT, env, encoding: 'utf8' }); // prettier-ignore
  expect([status, stderr]).toEqual([1, 'TEST_NODE is "newest"; images, floor, own are allowed.\n']);
});
