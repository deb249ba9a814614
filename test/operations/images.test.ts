import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '../..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flashcards-image-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(['api', 'worker', 'autoscaler'])(
  'the image of the %s has every file that installs its dependencies before it has the sources',
  (name) => {
    const kept = [...readFileSync(join(ROOT, `Dockerfile.${name}`), 'utf8').matchAll(/! -path '\.\/(\S+)'/g)];
    for (const [, file = ''] of kept) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      cpSync(join(ROOT, file), join(folder, file));
    }
    const load = "import('./scripts/build/install.mjs').then(({ install }) => process.stdout.write(typeof install))";
    expect(execFileSync(process.execPath, ['-e', load], { cwd: folder, encoding: 'utf8' })).toBe('function');
  },
);
