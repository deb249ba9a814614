import { type Schema, escaped, kindHtml, nameOf, noteOf, schemaHtml } from './schema-html';

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Schema;
  readonly example?: string | number;
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { description: string; content?: Readonly<Record<string, Media>> }>>;
}

/** What of an OpenAPI document the page shows. */
export interface OpenapiDocument {
  readonly info: { readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly webhooks?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** The reference of the API as HTML: everything that `/openapi.json` says, and nothing else. */
export function referenceHtml({ info, paths, webhooks = {}, components: { schemas } }: OpenapiDocument): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const calls = Object.entries(webhooks).flatMap(([name, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path: name, method, operation })),
  );
  const list = operations
    .map(({ path, method, operation }) => `<li><a href="#${operation.operationId}">${titleOf(method, path)}</a></li>`)
    .join('');
  return `<h1>API reference</h1>
<p>${escaped(info.description)} Version ${escaped(info.version)}. This page shows <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
<ul class="contents">${list}</ul>
${operations.map(({ path, method, operation }) => operationHtml(method, path, operation, schemas)).join('')}
${calls.length > 0 ? `<h2>Webhooks</h2>${calls.map(({ path, method, operation }) => operationHtml(method, path, operation, schemas)).join('')}` : ''}
<h2>Schemas</h2>
${Object.entries(schemas).map(namedHtml).join('')}`;
}

const namedHtml = ([name, schema]: [string, Schema]): string =>
  `<section class="operation" id="${name}"><h3><a href="#${name}">${name}</a></h3><p>${noteOf(schema)}</p>${schemaHtml(schema)}</section>`;

const titleOf = (method: string, path: string): string =>
  `<code class="method">${method.toUpperCase()}</code> <code>${escaped(path)}</code>`;

function operationHtml(
  method: string,
  path: string,
  operation: Operation,
  schemas: OpenapiDocument['components']['schemas'],
): string {
  const { operationId, summary, parameters = [], requestBody, responses } = operation;
  const body = requestBody?.content['application/json'];
  const shown = body?.schema && (schemas[nameOf(body.schema) ?? ''] ?? body.schema);
  return `<section class="operation" id="${operationId}">
<h2><a href="#${operationId}">${titleOf(method, path)}</a></h2>
<p>${escaped(summary)}.</p>
${parametersHtml(parameters)}
${shown ? `<h3>Body</h3>${schemaHtml(shown)}` : ''}
${path.startsWith('/') ? `<h3>Example</h3><pre tabindex="0">${exampleHtml(method, path, parameters, body)}</pre>` : ''}
<h3>Answers</h3>
${Object.entries(responses).map(answerHtml).join('')}
</section>`;
}

function parametersHtml(parameters: readonly Parameter[]): string {
  const shown = parameters.filter((parameter) => parameter.in !== 'path');
  if (shown.length === 0) return '';
  const rows = shown.map(({ name, in: place, description = '', schema }) => {
    const kind = place === 'query' ? kindHtml(schema) : 'header';
    return `<li><code>${escaped(name)}</code> <i>${kind}</i> ${escaped(description)} ${noteOf(schema)}</li>`;
  });
  return `<h3>Parameters</h3><ul class="fields">${rows.join('')}</ul>`;
}

/** The call in curl. `$B` is where the API is, as in the guides. */
function exampleHtml(method: string, path: string, parameters: readonly Parameter[], body: Media | undefined): string {
  const given = (place: string) =>
    parameters.flatMap(({ name, in: where, example }) =>
      where === place && example !== undefined ? [[name, example]] : [],
    );
  const query = given('query')
    .map(([name, value]) => `${name}=${value}`)
    .join('&amp;');
  const headers = [...given('header'), ...(body?.example ? [['Content-Type', 'application/json']] : [])];
  const url = `"$B${path.replace(/\{(\w+)\}/g, (_all, name: string) => `$${name.toUpperCase()}`)}${query ? `?${query}` : ''}"`;
  return [
    `curl -i${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ${url}`,
    ...headers.map(([name, value]) => `  -H '${name}: ${value}'`),
    ...(body?.example ? [`  -d '${escaped(JSON.stringify(body.example))}'`] : []),
  ].join(' \\\n');
}

function answerHtml([status, { description, content = {} }]: [string, Operation['responses'][string]]): string {
  const [type, media] = Object.entries(content)[0] ?? [];
  if (type === 'application/problem+json') {
    const codes = description.split(', ').map((code) => `<a href="/docs/errors#${code}"><code>${code}</code></a>`);
    return `<p class="answer"><b>${status}</b> ${codes.join(' ')}</p>`;
  }
  const types = Object.keys(content).filter((each) => each !== 'application/json');
  const kind = media?.schema && nameOf(media.schema) ? ` <i>${kindHtml(media.schema)}</i>` : '';
  const others = types.length > 0 ? ` <small>${types.map(escaped).join(', ')}</small>` : '';
  const fields = media?.schema ? schemaHtml(media.schema) : '';
  if (!fields) return `<p class="answer"><b>${status}</b> ${escaped(description)}${kind}${others}</p>`;
  return `<details class="answer"><summary><b>${status}</b> ${escaped(description)}${others}</summary>${fields}</details>`;
}
