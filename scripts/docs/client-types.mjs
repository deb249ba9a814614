// The client's copy of the contract, made from the OpenAPI document and the table of formats: types of what goes over the
// wire, and the values that a form or a command shows.
import openapiTypes from 'openapi-typescript';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const FOLDER = 'packages/client/src/contract';
const MADE = '// Made by `npm run docs` from the schemas and tables of the API: change those, not this file.\n';

/**
 * What is read of the document.
 * @typedef {object} Schema
 * @property {string} [type]
 * @property {string} [description]
 * @property {string[]} [enum]
 * @property {unknown} [default]
 * @property {number} [maxLength]
 * @property {number} [maximum]
 * @property {Record<string, Schema>} [properties]
 *
 * @typedef {{ in: string, name: string, schema: Schema }} Parameter
 *
 * @typedef {{ parameters: Parameter[], requestBody?: unknown, responses: Record<string, { description: string }> }} Operation
 *
 * @typedef {object} Document
 * @property {{ schemas: Record<string, Schema> }} components
 * @property {Record<string, Record<string, Operation>>} paths
 *
 * A type of the client: its name and its declaration.
 * @typedef {{ name: string, text: string }} Declaration
 */

/** Each file of types, and the schema that begins it: the others follow in the order of the document. */
const FILES = { submit: 'SubmitRequest', job: 'Job', delivery: 'Delivery', account: 'UsageReport', query: 'JobsQuery' };

/**
 * Path -> content of the files that are made.
 * @param {Document} document
 * @param {Formats} formats
 * @returns {Promise<Record<string, string>>}
 */
export async function clientFiles(document, formats) {
  const files = { ...(await wireTypes(document)), formats: formatTable(formats), bounds: bounds(document) };
  const config = await resolveConfig(`${FOLDER}/job.ts`);
  const made = Object.entries(files).map(
    async ([name, text]) =>
      /** @type {const} */ ([
        `${FOLDER}/${name}.ts`,
        await format(`${MADE}\n${text}`, { ...config, parser: 'typescript' }),
      ]),
  );
  return Object.fromEntries(await Promise.all(made));
}

/**
 * One type a named schema, and those of the queries that a method of the client takes.
 * @param {Document} document
 */
async function wireTypes(document) {
  const schemas = {
    ...document.components.schemas,
    JobsQuery: query(document, '/v1/jobs', 'Which jobs to list.'),
    UsageQuery: query(document, '/v1/usage', 'How much of the use to report.'),
    FileOptions: query(document, '/v1/jobs/{id}/cards', 'Options of a file. A format has some of them and refuses the others.', ['format', 'after']),
  }; // prettier-ignore
  const inputs = new Set(['JobsQuery', 'UsageQuery', 'FileOptions', ...requestSchemas(document)]);
  const names = Object.keys(schemas);
  const starts = Object.values(FILES).map((name) => names.indexOf(name));
  const fileOf = (/** @type {string} */ name) =>
    Object.keys(FILES)[starts.findLastIndex((start) => start <= names.indexOf(name))] ?? '';
  const types = await declarations({ ...document, paths: {}, webhooks: {}, components: { schemas } }, inputs);
  return Object.fromEntries(
    Object.keys(FILES).map((file) => [file, moduleOf(file, types.filter(({ name }) => fileOf(name) === file), fileOf)]),
  ); // prettier-ignore
}

/**
 * Names of the schemas in the bodies of requests.
 * @param {Document} document
 */
function requestSchemas({ paths, components }) {
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  const found = new Set(operations.flatMap(({ requestBody }) => namedIn(requestBody)));
  // What is added while the set is read is read too.
  for (const name of found) for (const inner of namedIn(components.schemas[name])) found.add(inner);
  return found;
}

/** @param {unknown} value */
const namedIn = (value) =>
  [...JSON.stringify([value]).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);

/**
 * The declarations of a file below the imports of what they use from others.
 * @param {string} file
 * @param {Declaration[]} types
 * @param {(name: string) => string} fileOf
 */
function moduleOf(file, types, fileOf) {
  /** @type {Map<string, Set<string>>} */
  const imports = new Map();
  const declared = types.map(({ text }) =>
    text.replace(REFERENCE, (_all, /** @type {string} */ name) => {
      const from = fileOf(name);
      if (from !== file) imports.set(from, (imports.get(from) ?? new Set()).add(name));
      return name;
    }),
  );
  const lines = [...imports].map(([from, names]) => `import type { ${[...names].join(', ')} } from './${from}';`);
  return [lines.join('\n'), ...declared].join('\n\n');
}

/**
 * @param {object} document
 * @param {ReadonlySet<string>} inputs
 * @returns {Promise<Declaration[]>}
 */
async function declarations(document, inputs) {
  const options = { immutable: true, defaultNonNullable: false, silent: true };
  const nodes = await openapiTypes(JSON.stringify(document), options);
  const components = nodes.filter(ts.isInterfaceDeclaration).find(({ name }) => name.text === 'components');
  const schemas = components?.members.filter(ts.isPropertySignature).find((member) => nameOf(member) === 'schemas');
  if (!schemas?.type || !ts.isTypeLiteralNode(schemas.type)) throw new Error('openapi-typescript made no schemas');
  const source = ts.createSourceFile('wire.ts', '', ts.ScriptTarget.Latest);
  return schemas.type.members.filter(ts.isPropertySignature).map((member) => {
    const name = nameOf(member);
    const node = declared(inputs.has(name) ? ts.visitNode(member, takesUndefined, ts.isPropertySignature) : member);
    const printed = ts.createPrinter().printNode(ts.EmitHint.Unspecified, node, source);
    return {
      name,
      text: PLAINER.reduce((text, [pattern, by]) => text.replace(pattern, by), printed),
    };
  });
}

/** @param {ts.PropertySignature} member */
const nameOf = ({ name }) => (ts.isIdentifier(name) || ts.isStringLiteral(name) ? name.text : '');

/**
 * Optional fields that may also be undefined, so that a caller with `exactOptionalPropertyTypes` can pass what may be unset.
 * @param {ts.Node} node
 * @returns {ts.Node}
 */
function takesUndefined(node) {
  const inner = ts.visitEachChild(node, takesUndefined, undefined);
  if (!ts.isPropertySignature(inner) || !inner.questionToken || !inner.type) return inner;
  const types = ts.isUnionTypeNode(inner.type) ? inner.type.types : [inner.type];
  const type = ts.factory.createUnionTypeNode([
    ...types,
    ts.factory.createKeywordTypeNode(ts.SyntaxKind.UndefinedKeyword),
  ]);
  return ts.factory.updatePropertySignature(inner, inner.modifiers, inner.name, inner.questionToken, type);
}

/**
 * A member of `components.schemas` as a declaration of its own.
 * @param {ts.PropertySignature} member
 */
function declared(member) {
  const exported = [ts.factory.createModifier(ts.SyntaxKind.ExportKeyword)];
  const [name, type] = [nameOf(member), member.type];
  if (!type) throw new Error(`openapi-typescript made no type of ${name}`);
  const node = ts.isTypeLiteralNode(type)
    ? ts.factory.createInterfaceDeclaration(exported, name, undefined, undefined, type.members)
    : ts.factory.createTypeAliasDeclaration(exported, name, undefined, type);
  return ts.setSyntheticLeadingComments(node, ts.getSyntheticLeadingComments(member));
}

/** How openapi-typescript refers to a schema. */
const REFERENCE = /components\["schemas"\]\["(\w+)"\]/g;

/**
 * Comments without what the type says too, on one line where they fit.
 * @type {[RegExp, (match: string, group: string) => string][]}
 */
const PLAINER = [
  [/^ *\/\*\* (@enum \{.*\}|Format: date-time) \*\/\n/gm, () => ''],
  [/^ *\* (@enum \{.*\}|Format: date-time)\n/gm, () => ''],
  [/\/\*\*\n *\* (.*)\n *\*\//g, (_all, line) => `/** ${line} */`],
  [/@description /g, () => ''],
  [/@default (\[[^\]]*\])/g, (_all, list) => `@default ${JSON.stringify(JSON.parse(list.replaceAll('*', '')))}`],
];

/** @type {(document: Document, path: string) => Parameter[]} */
const parametersOf = (document, path) =>
  document.paths[path]?.get?.parameters.filter((each) => each.in === 'query') ?? [];

/**
 * The parameters of a query as a schema.
 * @param {Document} document
 * @param {string} path
 * @param {string} description
 * @param {string[]} without
 * @returns {Schema}
 */
function query(document, path, description, without = []) {
  const shown = parametersOf(document, path).filter(({ name }) => !without.includes(name));
  return {
    type: 'object',
    description,
    properties: Object.fromEntries(shown.map(({ name, schema }) => [name, schema])),
  };
}

/**
 * What a person has to know of each format.
 * @typedef {Record<string, import('../../packages/shared/dist/formats/format.js').Format>} Formats
 *
 * @param {Formats} formats
 */
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

/**
 * What every deployment has in common: what may be chosen, what is taken where nothing is, and how much is allowed.
 * @param {Document} document
 */
function bounds(document) {
  const { schemas } = document.components;
  const { focus, title, cards, ...others } = schemas.Options?.properties ?? {};
  /** @type {[name: string, value: unknown][]} */
  const usual = Object.entries({ cards, ...others }).flatMap(([name, schema]) =>
    schema?.default === undefined ? [] : [[name, schema.default]],
  );
  const wait = parametersOf(document, '/v1/jobs/{id}').find(({ name }) => name === 'wait')?.schema;
  const constants = {
    STATUSES: schemas.Status?.enum,
    CARD_TYPES: schemas.CardType?.enum,
    DIFFICULTIES: schemas.Difficulty?.enum,
    ANSWER_LENGTHS: schemas.AnswerLength?.enum,
    DEFAULT_OPTIONS: Object.fromEntries(usual),
    MAX_FOCUS_CHARS: focus?.maxLength,
    MAX_TITLE_CHARS: title?.maxLength,
    MAX_WAIT_SECONDS: wait?.maximum,
  };
  return Object.entries(constants).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)} as const;`).join('\n'); // prettier-ignore
}
