import { deliveryBodySchema } from '@flashcards/shared/contract/delivery';
import { type ErrorCode, errorRow } from '@flashcards/shared/contract/errors';
import type { AnySchema } from '@flashcards/shared/contract/schema';
import { WEBHOOK_EVENTS, type WebhookEvent } from '@flashcards/shared/contract/webhook';
import type { Endpoint } from '../http/endpoint';
import { COMPONENTS, withComponents } from './components';
import { EXAMPLES, type Example } from './examples';
import { type JsonNode, isNode, jsonSchema, openJsonSchema } from './json-schema';

/** OpenAPI 3.1 of the routes, made from the schemas that validate. */
export function openapiOf(endpoints: readonly Endpoint[], version: string): JsonNode {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) (paths[endpoint.path] ??= {})[endpoint.method] = operationOf(endpoint);
  return withComponents({
    openapi: '3.1.0',
    info: {
      title: 'AI Flashcard Generator',
      version,
      description: 'Turns a text into a deck of flashcards, each of which quotes the text.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    webhooks: Object.fromEntries(WEBHOOK_EVENTS.map((event) => [event, { post: webhookOf(event) }])),
    security: [{ key: [] }],
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key, `fck_…`; none in open mode.' },
      },
    },
  });
}

function operationOf(endpoint: Endpoint): object {
  const { method, path, summary, query, headers, answers, errors } = endpoint;
  const body = endpoint.documentedBody ?? endpoint.body;
  const example = EXAMPLES[`${method} ${path}`] ?? {};
  const parameters = [
    ...pathParameters(path),
    ...queryParameters(query).map(shownAs(example.query)),
    ...headerParameters(headers).map(shownAs(example.headers)),
  ];
  return {
    operationId:
      `${method}${path.replace(/[^A-Za-z]+(\w)/g, (_match, letter: string) => letter.toUpperCase())}`.replace(
        /\W/g,
        '',
      ),
    summary,
    ...(endpoint.scope === 'public' ? { security: [] } : {}),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body
      ? {
          requestBody: {
            required: !endpoint.bodyMayBeAbsent,
            content: {
              'application/json': { schema: jsonSchema(body), ...(example.body ? { example: example.body } : {}) },
            },
          },
        }
      : {}),
    responses: {
      ...errorAnswers([
        ...errors,
        ...(method === 'get' ? [] : EFFECT),
        ...(endpoint.scope === 'public' ? [] : AUTHENTICATED_ERRORS),
      ]),
      ...Object.fromEntries(Object.entries(answers).map(answerOf)),
    },
  };
}

/** Standard Webhooks 1.0: what a receiver gets, and how its answers are taken. */
function webhookOf(event: WebhookEvent): object {
  return {
    operationId: event.replace(/\.(\w)/, (_match, letter: string) => letter.toUpperCase()),
    summary: `A job ended as ${event.replace('job.', '')}`,
    parameters: [
      ...headerParameters(WEBHOOK_HEADERS).map((parameter) => ({ ...parameter, required: true })),
      ...headerParameters({ traceparent: 'W3C trace context, where the job has a trace.' }),
    ],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: openJsonSchema(deliveryBodySchema(event)) } },
    },
    responses: {
      '2XX': { description: 'Delivered.' },
      410: { description: 'No further attempts, for this delivery and for later ones to the URL.' },
      default: { description: 'Tried again later, after `Retry-After` at the earliest; redirects are not followed.' },
    },
  };
}

const WEBHOOK_HEADERS = {
  'webhook-id': 'The delivery: the same at every attempt.',
  'webhook-timestamp': 'Seconds since 1970, of the attempt.',
  'webhook-signature':
    '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; several, separated by blanks, while a secret is rotated.',
};

function answerOf([status, answer]: [string, Endpoint['answers'][number]]): [string, object] {
  const { description, schema, type, files = [] } = answer;
  const content = {
    ...(schema ? { [type ?? 'application/json']: { schema: openJsonSchema(schema) } } : {}),
    ...Object.fromEntries(files.map((file) => [file, {}])),
  };
  return [status, { description, ...(Object.keys(content).length > 0 ? { content } : {}) }];
}

const AUTHENTICATED_ERRORS = ['unauthenticated', 'forbidden', 'queue_unavailable'] as const;
/** Of a page of another origin. */
const EFFECT = ['forbidden'] as const;

const PROBLEM = { 'application/problem+json': { schema: { $ref: `${COMPONENTS}Problem` } } };

/** One answer a status; the codes that share it are named. Any request can meet the last five. */
function errorAnswers(errors: readonly ErrorCode[]): Record<string, object> {
  const byStatus = new Map<number, string[]>();
  for (const code of new Set<ErrorCode>([
    ...errors,
    'malformed_request',
    'misdirected',
    'rate_limited',
    'draining',
    'internal',
  ])) {
    const { status } = errorRow(code);
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [String(status), { description: codes.join(', '), content: PROBLEM }]),
  );
}

const pathParameters = (path: string): object[] =>
  [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', pattern: '^[a-z0-9_-]{8,64}$' },
  }));

/** A parameter with the value that the example gives it. */
const shownAs =
  (example: Example['query'] = {}) =>
  (parameter: Parameter): object =>
    parameter.name in example ? { ...parameter, example: example[parameter.name] } : parameter;

interface Parameter {
  readonly name: string;
}

function queryParameters(query: AnySchema | undefined): Parameter[] {
  if (!query) return [];
  const { properties } = jsonSchema(query);
  return Object.entries(isNode(properties) ? properties : {}).map(([name, schema]) => ({ name, in: 'query', schema }));
}

const headerParameters = (headers: Endpoint['headers'] = {}): Parameter[] =>
  Object.entries(headers).map(([name, description]) => ({
    name,
    in: 'header',
    description,
    schema: { type: 'string' },
  }));
