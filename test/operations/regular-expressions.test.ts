import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What an expression of the check's own modules comes to, in a process of its own: they are ES modules. */
function evaluated(expression: string): unknown {
  const program = `
    import { faultOf } from './scripts/quality/linear.mjs';
    import { expressionsIn } from './scripts/quality/find-expressions.mjs';
    console.log(JSON.stringify(${expression}));`;
  return JSON.parse(
    execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT, encoding: 'utf8' }),
  );
}

const SLOW = ['^(a+)+$', '\\s+$', '^\\s*\\d+\\s*;|,+\\s*\\n', '\\((.*?)\\)', '(?<!a)a+b+[^]*c', '^a{1,2}b|c+d'];
const LINEAR = ['^a+$', '(?<!\\s)\\s+$', '^[ab]*c', 'model.{0,80}(not found|does not exist)', '^"[^"]*"'];

test('an expression whose time grows faster than a text is found, and no other', () => {
  const faults = evaluated(`${JSON.stringify([...SLOW, ...LINEAR])}.map((source) => faultOf(source, '') ?? null)`);
  expect(faults).toEqual([...SLOW.map(() => expect.any(String) as string), ...LINEAR.map(() => null)]);
}, 120_000);

test('expressions are found as literals and where a program makes them of texts, of other files too', () => {
  const files = [
    ['a.ts', "export const DIGITS = '[0-9]+';\nconst WORD = /[a-z]/i;"],
    ['b.ts', 'const a = new RegExp(`^${DIGITS}$`, "u");\nconst b = new RegExp([DIGITS, WORD.source].join("|"));'],
    ['c.tsx', 'const c = (name: string) => new RegExp(`^${name}$`);'],
  ];
  expect(evaluated(`expressionsIn(${JSON.stringify(files)})`)).toMatchObject([
    { file: 'a.ts', line: 2, source: '[a-z]', flags: 'i' },
    { file: 'b.ts', line: 1, source: '^[0-9]+$', flags: 'u' },
    { file: 'b.ts', line: 2, source: '[0-9]+|[a-z]' },
    { file: 'c.tsx', line: 1, code: 'new RegExp(`^${name}$`)' },
  ]);
});
