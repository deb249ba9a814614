// What is built in, and what is in the repository: rows of the checklist that no running service can show.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const folders = ['packages', 'services', 'test/node'].flatMap((folder) =>
  readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`),
);

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}
const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
const manifests = ['.', ...folders].filter((folder) => existsSync(join(ROOT, folder, 'package.json'))).map((folder) => manifest(join(ROOT, folder))); // prettier-ignore

test('row 62: no file of the repository holds what looks like a secret', () => {
  const pattern = /^SECRETS='(.*)'$/m.exec(read('deploy/scripts/security-audit'))?.[1] as string;
  const looksLikeOne = new RegExp(pattern);
  expect(looksLikeOne.test(`sk-or-v1-${'0a'.repeat(32)}`)).toBe(true);
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0').filter(Boolean);
  expect(files.length).toBeGreaterThan(300);
  const own = files.filter((file) => !/(^|\/)test\/|\.test\.ts$|^deploy\/scripts\/security-audit$/.test(file) && existsSync(join(ROOT, file)));
  expect(own.filter((file) => looksLikeOne.test(read(file)))).toEqual([]);
}); // prettier-ignore

test('row 76: every dependency is one exact version, and none may run a script when it is installed', () => {
  const wanted = manifests.flatMap((all) => Object.entries({ ...all.dependencies, ...all.devDependencies, ...all.optionalDependencies })); // prettier-ignore
  expect(wanted.length).toBeGreaterThan(40);
  const loose = wanted.filter(
    ([, version]) => !/^(workspace:\*|(npm:@?[\w./-]+@)?\d+\.\d+\.\d+(-[\w.]+)?)$/.test(version),
  );
  expect(loose).toEqual([]);
  const allowed = [...read('pnpm-workspace.yaml').matchAll(/^ {2}'?[@\w/-]+'?: (true|false)$/gm)].map(([, may]) => may);
  expect(allowed.length).toBeGreaterThan(0);
  expect(allowed).not.toContain('true');
  for (const { scripts = {} } of manifests)
    expect(Object.keys(scripts).filter((name) => /^(pre|post)?(install|prepare)$/.test(name))).toEqual([]);
});

/** Everything that the services run on, as it is installed. */
function production(): Map<string, Manifest> {
  const seen = new Map<string, Manifest>();
  const visit = (folder: string): void => {
    if (seen.has(folder)) return;
    const found = manifest(folder);
    seen.set(folder, found);
    for (const name of Object.keys(found.dependencies ?? {})) {
      const beside = folder.includes('/node_modules/') ? folder.slice(0, folder.lastIndexOf('/node_modules/')) : folder;
      const at = [join(folder, 'node_modules', name), join(beside, 'node_modules', name)].find((one) =>
        existsSync(one),
      );
      if (at) visit(realpathSync(at));
    }
  };
  for (const service of ['api', 'worker', 'autoscaler']) visit(join(ROOT, 'services', service));
  return seen;
}

test('row 77: all that the services run on has a licence that lets anyone ship it', () => {
  const found = [...production().values()].filter(({ name }) => !name.startsWith('@flashcards/'));
  expect(found.length).toBeGreaterThan(80);
  const FREE = /^\(?(MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)( OR .*)?\)?( AND MIT)?$/; // prettier-ignore
  const others = found.filter(({ license = '' }) => !FREE.test(license)).map(({ name, version, license }) => `${name} ${version}: ${license}`); // prettier-ignore
  expect(others).toEqual([]);
});

test('row 68: every service of the stack is hardened and limited, and asks for nothing that Swarm would pass over', () => {
  const stack = read('deploy/swarm/stack.yml');
  const hardened = /^x-hardened: &hardened\n((?: {2}.*\n)+)/m.exec(stack)?.[1] ?? '';
  for (const line of ['read_only: true', 'cap_drop: [ALL]', 'init: true', 'max-size']) expect(hardened).toContain(line);
  expect(stack.replace(/#.*$/gm, '')).not.toMatch(/security_opt|privileged|cap_add/);
  const [, services = ''] = /^services:\n([^]*?)^\w/m.exec(stack) ?? [];
  const each = services.split(/^ {2}(?=[\w-]+:)/m).filter((text) => text.trim());
  expect(each.map((text) => text.slice(0, text.indexOf(':')))).toEqual(
    expect.arrayContaining(['nginx', 'api', 'worker', 'redis-queue', 'redis-cache']),
  );
  for (const text of each) {
    expect(text).toMatch(/^ {4}<<: \*(hardened|redis)$/m);
    expect(text).toMatch(/limits: \{ cpus: .*, memory: .*, pids: \d+ \}|resources: \*small/);
  }
  for (const name of ['api', 'worker', 'redis-queue'])
    expect(each.find((text) => text.startsWith(`${name}:`))).toMatch(/stop_grace_period: /);
});

test('row 95: every temporary file system in memory has a size, and that of nginx is below half of its memory', () => {
  const MIB = 1_048_576;
  const files = ['deploy/compose/compose.yml', 'deploy/swarm/stack.yml'].map(read);
  // `tmpfs: [/tmp:size=64m]` in Compose, `{ type: tmpfs, target: /tmp, tmpfs: { size: 67108864 } }` in a stack.
  const mounts = files.flatMap((text) => [
    ...[...text.matchAll(/tmpfs: \[(.*)\]/g)].flatMap(([, list = '']) => list.split(',')),
    ...[...text.matchAll(/\{ type: tmpfs, (.*?)\}/g)].map(([mount]) => mount),
  ]);
  expect(mounts.length).toBeGreaterThan(6);
  expect(mounts.filter((mount) => !/:size=\d+m|tmpfs: \{ size: \d+ \}/.test(mount))).toEqual([]);
  for (const text of files) {
    const nginx = /^ {2}nginx:\n[^]*?\n\n/m.exec(text)?.[0] ?? '';
    const [, megabytes, bytes] = /:size=(\d+)m|size: (\d+)/.exec(nginx) ?? [];
    const size = megabytes ? Number(megabytes) * MIB : Number(bytes);
    const memory = Number(/limits: \{.* memory: (\d+)m/i.exec(nginx)?.[1]) * MIB;
    expect(size).toBeLessThan(memory / 2);
  }
});

test('row 98: nobody stops, reloads or empties Prometheus over HTTP, and no page of another origin reads it', () => {
  for (const file of ['deploy/compose/compose.yml', 'deploy/swarm/stack.yml']) {
    const flags = [...read(file).matchAll(/^ +- (--web\.\S+)$/gm)].map(([, flag]) => flag);
    expect(flags).toEqual(['--web.cors.origin=none']);
  }
  expect(read('deploy/compose/compose.dev.yml')).not.toMatch(/^ {2}prometheus:/m);
});
