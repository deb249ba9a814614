import { join } from 'node:path';
import ts from 'typescript';

const FILE = join(__dirname, 'codec-under-test.ts');
const CODEC = `
import { createKeys } from './keys';
import { type Keyspace, defineScript } from './script';
import { fields, kinds, number, optional, text } from './shape';

declare const keyspace: Keyspace;
const read = fields({ run: number, tenant: text, trace: optional(text) });
const script = defineScript(keyspace, 'jobs/take', { read });
const either = defineScript(keyspace, 'jobs/read', { read: kinds({ found: { position: number }, gone: {} }) });
const key = createKeys('{test}');
export async function example(): Promise<void> {
  LINE
}
`;

/** What the compiler says of a codec with this line, as one text. */
function errorsOf(line: string): string {
  const { config } = ts.readConfigFile('tsconfig.json', (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => path === FILE || fileExists(path);
  host.getSourceFile = (path, languageVersion, ...rest) =>
    path === FILE
      ? ts.createSourceFile(path, CODEC.replace('LINE', line), languageVersion)
      : getSourceFile(path, languageVersion, ...rest);
  const program = ts.createProgram([FILE], options, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(FILE))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
    .join('; ');
}

test.each([
  ["const { run } = await script({ id: 'a' }); run.toFixed(); key('job', 'a'); void either;", ''],
  ['const tenant: number = (await script({})).tenant; void tenant;', "Type 'string' is not assignable"],
  ['(await script({})).trace.length;', "possibly 'undefined'"],
  ['(await script({})).attempts;', "Property 'attempts' does not exist"],
  ['(await either({})).position;', "Property 'position' does not exist"],
  ['await script({ id: null });', "Type 'null' is not assignable"],
  ["key('jobb', 'a');", `"jobb"' is not assignable`],
  ["key('job');", 'Expected 2 arguments'],
])('the compiler refuses what a codec does not say: %s', (line, error) => {
  const errors = errorsOf(line);
  if (error === '') expect(errors).toBe('');
  else expect(errors).toContain(error);
});
