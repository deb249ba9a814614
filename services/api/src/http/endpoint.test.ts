import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(__dirname, '../../../..');
const HEAD = `
import { cardSchema, deckSchema } from '@flashcards/shared/contract/deck';
import { Joi } from '@flashcards/shared/contract/text';
import { endpoint } from './endpoint';
import { validate } from './validate';
interface Note { readonly id: string; readonly tags: readonly ('a' | 'b')[]; readonly title?: string; readonly left: number | null }
const note = {
  id: Joi.string().required(),
  tags: Joi.array().items(Joi.string().valid('a', 'b')).required(),
  title: Joi.string(),
  left: Joi.number().allow(null).required(),
};
const noteSchema = Joi.object<Note>(note);
const row = { method: 'post', path: '/v1/jobs/{id}/notes/{note_id}', scope: 'jobs:write', summary: 'A note', errors: [] } as const;
const answers = { 200: { description: 'The note.', schema: noteSchema } };
`;

/** A line that must not compile -> what the compiler says about it; the first of them compile. */
const LINES: Readonly<Record<string, readonly [line: string, error: RegExp | null]>> = {
  'a row whose handler takes what it gets': [
    `endpoint({ ...row, body: noteSchema, query: Joi.object({ wait: Joi.number().default(0) }), answers,
       waits: ({ query }) => query.wait,
       handler: ({ params, query, body }) => ({ status: 200, body: { ...body, id: params.id + params.note_id, left: query.wait } }) });`,
    null,
  ],
  'a schema of a type': [`Joi.object<Note>(note).validate({});`, null],
  'a handler that wants another body': [
    `endpoint({ ...row, body: noteSchema, answers, handler: ({ body }: { body: { text: string } }) => ({ status: 200 }) });`,
    /'text' is missing in type 'Note'/,
  ],
  'a handler that wants a body where the row has none': [
    `endpoint({ ...row, answers, handler: ({ body }: { body: Note }) => ({ status: 200 }) });`,
    /'undefined' is not assignable to type 'Note'/,
  ],
  'a handler that reads what the query does not have': [
    `endpoint({ ...row, query: Joi.object({ wait: Joi.number() }), answers, handler: ({ query }) => ({ status: query.after }) });`,
    /'after' does not exist/,
  ],
  'a handler that takes a field for given which may be missing': [
    `endpoint({ ...row, query: Joi.object({ wait: Joi.number() }), answers, handler: ({ query }) => ({ status: query.wait }) });`,
    /undefined/,
  ],
  'a path without the parameter': [
    `endpoint({ ...row, answers, handler: ({ params }) => ({ status: 200, headers: { ETag: params.card_id } }) });`,
    /'card_id' does not exist/,
  ],
  'a handler that is no function': [`endpoint({ ...row, answers, handler: {} });`, /not assignable/],
  'a handler that answers something else than is documented': [
    `endpoint({ ...row, answers, handler: () => ({ status: 200, body: { id: 'x', tags: ['c'], left: null } }) });`,
    /"c"' is not assignable to type '"a" \| "b"'/,
  ],
  'a schema that lacks a field of its type': [
    `Joi.object<Note>({ id: note.id, tags: note.tags, left: note.left });`,
    /'title' is missing/,
  ],
  'a schema with a field more': [`Joi.object<Note>({ ...note, more: Joi.string() });`, /'more' does not exist/],
  'a schema that asks for what may be missing': [`Joi.object<Note>({ ...note, title: note.title.required() });`, /"required"/],
  'a schema that leaves out what must be there': [`Joi.object<Note>({ ...note, id: Joi.string() });`, /"optional"/],
  'a schema that never allows a null of its type': [`Joi.object<Note>({ ...note, left: Joi.number().required() });`, /null/],
  'a schema with a value that its type does not have': [
    `Joi.object<Note>({ ...note, tags: Joi.array().items(Joi.string().valid('a', 'b', 'c')).required() });`,
    /"c"/,
  ],
  'a list of anything': [`Joi.object<Note>({ ...note, tags: Joi.array().required() });`, /unknown/],
  'a schema inside that is of another type': [
    `Joi.object<{ readonly deck: { readonly cards: string } }>({ deck: deckSchema.required() });`,
    /Deck/,
  ],
  'a validated value as another type': [`const other: { text: string } = validate(cardSchema, {});`, /'text' is missing/],
}; // prettier-ignore

/** Every line in a file of its own, and all in one program, which only they are checked in. */
function errorsOf(lines: readonly string[]): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(join(ROOT, 'tsconfig.json'), ts.sys.readFile).config,
    ts.sys,
    ROOT,
  );
  const files = new Map(lines.map((line, i) => [join(__dirname, `line-${i}.ts`), `${HEAD}\n${line}\n`]));
  const host = ts.createCompilerHost({ ...options, noUnusedLocals: false, noUnusedParameters: false });
  const program = ts.createProgram({
    rootNames: [...files.keys()],
    options: { ...options, noUnusedLocals: false, noUnusedParameters: false },
    host: {
      ...host,
      fileExists: (file) => files.has(file) || host.fileExists(file),
      readFile: (file) => files.get(file) ?? readFileSync(file, 'utf8'),
      getSourceFile: (file, version, ...rest) => {
        const text = files.get(file);
        return text === undefined
          ? host.getSourceFile(file, version, ...rest)
          : ts.createSourceFile(file, text, version);
      },
    },
  });
  return [...files.keys()].map((file) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(file))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
      .join('\n'),
  );
}

describe('the compiler', () => {
  const entries = Object.entries(LINES);
  let errors: string[];
  beforeAll(() => {
    errors = errorsOf(entries.map(([, [line]]) => line));
  });

  test.each(entries.map(([what, [, error]], i) => [error ? 'refuses' : 'takes', what, error, i] as const))(
    '%s %s',
    (_verdict, _what, error, i) => {
      if (error) expect(errors[i]).toMatch(error);
      else expect(errors[i]).toBe('');
    },
  );
});
