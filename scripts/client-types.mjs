// The client's copy of the contract, made from the OpenAPI document and the table of formats: types of what goes over the
// wire, and the values that a form or a command shows.
import openapiTypes from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const FOLDER = 'packages/client/src/contract';
const MADE = '// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.\n';
/** Each file of types, and the schema that begins it: the others follow in the order of the document. */
const FILES = { submit: 'SubmitRequest', job: 'Job', delivery: 'Delivery', account: 'UsageReport', query: 'JobsQuery' };

/** Path -> content of the files that are made. */
export async function clientFiles(document, formats) {
  const files = { ...(await wireTypes(document)), formats: formatTable(formats), bounds: bounds(document) };
  const config = await resolveConfig(`${FOLDER}/job.ts`);
  const made = Object.entries(files).map(async ([name, text]) => [
    `${FOLDER}/${name}.ts`,
    await format(`${MADE}\n${text}`, { ...config, parser: 'typescript' }),
  ]);
  return Object.fromEntries(await Promise.all(made));
}

/** One type a named schema, and those of the queries that a method of the client takes. */
async function wireTypes(document) {
  const schemas = {
    ...document.components.schemas,
    JobsQuery: query(document, '/v1/jobs', 'Which jobs to list.'),
    UsageQuery: query(document, '/v1/usage', 'How much of the use to report.'),
    FileOptions: query(document, '/v1/jobs/{id}/cards', 'Options of a file. A format has some of them and refuses the others.', ['format', 'after']),
  }; // prettier-ignore
  const names = Object.keys(schemas);
  const starts = Object.values(FILES).map((name) => names.indexOf(name));
  const fileOf = (name) => Object.keys(FILES)[starts.findLastIndex((start) => start <= names.indexOf(name))];
  const types = await declarations({ ...document, paths: {}, webhooks: {}, components: { schemas } });
  return Object.fromEntries(
    Object.keys(FILES).map((file) => [file, moduleOf(file, types.filter(({ name }) => fileOf(name) === file), fileOf)]),
  ); // prettier-ignore
}

/** The declarations of a file below the imports of what they use from others. */
function moduleOf(file, types, fileOf) {
  const imports = new Map();
  const declared = types.map(({ text }) =>
    text.replace(REFERENCE, (_all, name) => {
      if (fileOf(name) !== file) imports.set(fileOf(name), (imports.get(fileOf(name)) ?? new Set()).add(name));
      return name;
    }),
  );
  const lines = [...imports].map(([from, names]) => `import type { ${[...names].join(', ')} } from './${from}';`);
  return [lines.join('\n'), ...declared].join('\n\n');
}

async function declarations(document) {
  const options = { immutable: true, defaultNonNullable: false, silent: true };
  const nodes = await openapiTypes(document, options);
  const components = nodes.find((node) => node.name?.text === 'components');
  const { members } = components.members.find(({ name }) => name.text === 'schemas').type;
  const source = ts.createSourceFile('wire.ts', '', ts.ScriptTarget.Latest);
  return members.map((member) => {
    const printed = ts.createPrinter().printNode(ts.EmitHint.Unspecified, declared(member), source);
    return {
      name: member.name.text,
      text: PLAINER.reduce((text, [pattern, by]) => text.replace(pattern, by), printed),
    };
  });
}

/** A member of `components.schemas` as a declaration of its own. */
function declared(member) {
  const exported = [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  const node = ts.isTypeLiteralNode(member.type)
    ? ts.factory.createInterfaceDeclaration(exported, member.name, undefined, undefined, member.type.members)
    : ts.factory.createTypeAliasDeclaration(exported, member.name, undefined, member.type);
  return ts.setSyntheticLeadingComments(node, ts.getSyntheticLeadingComments(member));
}

/** How openapi-typescript refers to a schema. */
const REFERENCE = /components\["schemas"\]\["(\w+)"\]/g;

/** Comments without what the type says too, on one line where they fit. */
const PLAINER = [
  [/^ *\/\*\* (@enum \{.*\}|Format: date-time) \*\/\n/gm, ''],
  [/^ *\* (@enum \{.*\}|Format: date-time)\n/gm, ''],
  [/\/\*\*\n *\* (.*)\n *\*\//g, '/** $1 */'],
  [/@description /g, ''],
  [/@default (\[[^\]]*\])/g, (_all, list) => `@default ${JSON.stringify(JSON.parse(list.replaceAll('*', '')))}`],
];

const parametersOf = (document, path) => document.paths[path].get.parameters.filter((each) => each.in === 'query');

function query(document, path, description, without = []) {
  const shown = parametersOf(document, path).filter(({ name }) => !without.includes(name));
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(shown.map(({ name, schema }) => [name, schema])),
  };
}

/** What a person has to know of each format. */
function formatTable(formats) {
  const rows = Object.entries(formats).map(([name, { label, menu, extension, mediaType, heavy = false, options }]) => [
    name,
    {
      label,
      menu,
      extension,
      mediaType: mediaType.replace(/;.*/, ''),
      binary: !/charset=/.test(mediaType),
      heavy,
      options,
    },
  ]);
  return `
/** Ways to download a deck. */
export const FORMATS = ${JSON.stringify(Object.keys(formats))} as const;
export type Format = (typeof FORMATS)[number];

export interface FormatDetails {
  /** What people call it. */
  readonly label: string;
  /** Its position in a menu for people. */
  readonly menu: number;
  /** Of its files, without the dot. */
  readonly extension: string;
  readonly mediaType: string;
  /** Its files are not text. */
  readonly binary: boolean;
  /** The server makes its files one after the other. */
  readonly heavy: boolean;
  /** The fields of \`FileOptions\` that it has. */
  readonly options: readonly string[];
}

export const FORMAT_DETAILS: Readonly<Record<Format, FormatDetails>> = ${JSON.stringify(Object.fromEntries(rows))};
`;
}

/** What every deployment has in common: what may be chosen, what is taken where nothing is, and how much is allowed. */
function bounds(document) {
  const { schemas } = document.components;
  const { focus, title, cards, ...others } = schemas.Options.properties;
  const usual = Object.entries({ cards, ...others }).flatMap(([name, { default: value }]) =>
    value === undefined ? [] : [[name, value]],
  );
  const wait = parametersOf(document, '/v1/jobs/{id}').find(({ name }) => name === 'wait').schema;
  const constants = {
    STATUSES: schemas.Status.enum,
    CARD_TYPES: schemas.CardType.enum,
    DIFFICULTIES: schemas.Difficulty.enum,
    ANSWER_LENGTHS: schemas.AnswerLength.enum,
    DEFAULT_OPTIONS: Object.fromEntries(usual),
    MAX_FOCUS_CHARS: focus.maxLength,
    MAX_TITLE_CHARS: title.maxLength,
    MAX_WAIT_SECONDS: wait.maximum,
  };
  return Object.entries(constants).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)} as const;`).join('\n'); // prettier-ignore
}
