import { type JsonNode, isList, isNode, mapped } from './json-schema';

export const COMPONENTS = '#/components/schemas/';
const JSON_BODY = ['content', 'application/json', 'schema'] as const;

type Path = readonly string[];
const body = (method: string, path: string): Path => ['paths', path, method, 'requestBody', ...JSON_BODY];
const answer = (method: string, path: string, status = 200): Path => [
  'paths',
  path,
  method,
  'responses',
  String(status),
  ...JSON_BODY,
];
const event = (index: number): Path =>
  ['paths', '/v1/jobs/{id}/events', 'get', 'responses', '200', 'content', 'text/event-stream', 'schema', 'anyOf', String(index)]; // prettier-ignore
/** A field of a named schema; `[]` is an item of a list. */
const field = (name: string, ...fields: readonly string[]): Path => [
  name,
  ...fields.flatMap((each) => (each === '[]' ? ['items'] : ['properties', each])),
];

/**
 * Each named schema: where it stands in the document, and what it is where its own schema does not say so. What requests
 * hold comes first, then jobs, then deliveries, then accounts: the client has a file for each.
 */
const NAMED: Readonly<Record<string, readonly [Path, string?]>> = {
  SubmitRequest: [body('post', '/v1/jobs'), 'The body of a submit.'],
  Options: [field('SubmitRequest', 'options')],
  CardType: [field('Options', 'types', '[]'), 'How a card asks: one way, both ways, by hidden words, or by choices.'],
  Difficulty: [field('Options', 'difficulty')],
  AnswerLength: [field('Options', 'answer_length')],
  Webhook: [field('SubmitRequest', 'webhook')],
  WebhookEventType: [field('Webhook', 'events', '[]')],
  Priority: [field('SubmitRequest', 'priority')],
  BatchRequest: [body('post', '/v1/jobs/batch')],
  BatchItem: [field('BatchRequest', 'jobs', '[]'), 'A submit within a batch, with an idempotency key of its own if need be.'],
  Replacement: [body('post', '/v1/jobs/{id}/cards/{card_id}/regenerate'), 'How another version of a card should differ.'],
  CardEdit: [
    body('patch', '/v1/jobs/{id}/cards/{card_id}'),
    'The changes to a card. A field that is absent stays as it is.',
  ],
  Review: [field('CardEdit', 'review'), "A reader's verdict on a card. Files leave out rejected cards."],

  Job: [answer('get', '/v1/jobs/{id}'), 'A job. Times are RFC 3339 in UTC.'],
  Status: [field('Job', 'status')],
  Progress: [field('Job', 'progress')],
  QueuePosition: [field('Job', 'queue')],
  CacheStatus: [field('Job', 'cache')],
  JobLinks: [field('Job', 'links')],
  Usage: [field('Job', 'usage'), 'The tokens and the cost of the model calls of a job.'],
  JobError: [field('Job', 'error'), 'Why a job failed. Decide by `code`.'],
  JobErrorCode: [field('JobError', 'code')],
  Result: [field('Job', 'result'), 'What a job made: the deck, and an account of the cards that are not in it.'],
  Coverage: [field('Result', 'coverage'), 'How much of the text the cards quote.'],
  Deck: [field('Result', 'deck')],
  Card: [field('Deck', 'cards', '[]')],
  DeckSoFar: [answer('get', '/v1/jobs/{id}/cards'), 'A deck that may still grow. `title` is empty before the first card.'],
  JobSummary: [event(3), 'A job without its cards: counts and links.'],
  ResultSummary: [field('JobSummary', 'result'), 'A result without the cards.'],
  DeckSummary: [field('ResultSummary', 'deck'), 'A deck without its cards.'],
  StatusChange: [event(0), 'The data of an event `status`.'],
  JobPage: [answer('get', '/v1/jobs')],
  BatchAnswer: [answer('post', '/v1/jobs/batch')],
  BatchOutcome: [field('BatchAnswer', 'items', '[]'), 'The outcome of one item: its job, or the problem that refused it.'],

  Delivery: [answer('post', '/v1/jobs/{id}/deliveries/{delivery_id}/redeliver', 202), 'What the webhook of a job was sent.'],
  DeliveryAttempt: [field('Delivery', 'attempts', '[]'), 'One attempt to deliver the end of a job.'],
  DeliveryReason: [field('DeliveryAttempt', 'reason'), 'Why an attempt ended as it did.'],
  DeliveryLog: [answer('get', '/v1/jobs/{id}/deliveries')],
  WebhookJob: [
    ['webhooks', 'job.completed', 'post', 'requestBody', ...JSON_BODY, 'properties', 'data'],
    'The job in a webhook: counts and links, without its cards.',
  ],

  UsageReport: [answer('get', '/v1/usage'), "The caller's own use. A limit is null where there is none."],
  DayUsage: [field('UsageReport', 'days', '[]'), 'The use of all jobs that ended on one day (UTC).'],
  Limits: [field('UsageReport', 'left')],
  Erasure: [answer('delete', '/v1/data', 202), 'The erasure of all jobs of the caller: how far it is, and its receipt.'],
  QueueState: [answer('get', '/v1/queue')],
  Health: [answer('get', '/health')],
  Problem: [field('BatchOutcome', 'problem'), 'Why a request was refused (RFC 9457). Decide by `code`.'],
  ErrorCode: [field('Problem', 'code')],
  FieldError: [field('Problem', 'errors', '[]'), 'One refused field: a JSON pointer into the request, and the rule.'],
}; // prettier-ignore

/**
 * The document with a name for each schema that has one. Every equal schema becomes a reference to it, so that a
 * generator makes one type of it, and a job is described once.
 */
export function withComponents(document: JsonNode): JsonNode {
  const found: Record<string, JsonNode> = {};
  for (const [name, [path, description]] of Object.entries(NAMED)) {
    const { default: _default, ...schema } = withoutNull(located({ ...document, ...found }, path));
    found[name] = description === undefined ? schema : { ...schema, description };
  }
  const names = new Map(Object.entries(found).map(([name, schema]) => [fingerprint(schema), name]));
  const refer = (node: JsonNode): JsonNode | undefined => {
    const name = isNamable(node) ? names.get(fingerprint(node)) : undefined;
    return name === undefined ? undefined : reference(name, node, found[name]?.['description']);
  };
  const schemas = Object.fromEntries(
    Object.entries(found).map(([name, schema]): [string, JsonNode] => [
      name,
      mapped(schema, (node) => (node === schema ? undefined : refer(node))),
    ]),
  );
  const { components, ...rest } = document;
  return { ...mapped(rest, refer), components: { ...(isNode(components) ? components : {}), schemas } };
}

function located(document: JsonNode, path: Path): JsonNode {
  let at: unknown = document;
  for (const name of path) at = isNode(at) ? at[name] : isList(at) ? at[Number(name)] : undefined;
  if (!isNode(at)) throw new TypeError(`The document has no schema at ${path.join(' ')}.`);
  return at;
}

/** Only lists of fields and of values have names. */
const isNamable = (node: JsonNode): boolean => 'properties' in node || 'enum' in node;

const typesOf = ({ type }: JsonNode): readonly unknown[] => (isList(type) ? type : [type]);
const isNullable = (node: JsonNode): boolean => typesOf(node).includes('null');

/** A schema for null or something else, without null. */
function withoutNull(node: JsonNode): JsonNode {
  if (!isNullable(node)) return node;
  const [type] = typesOf(node).filter((each) => each !== 'null');
  const { enum: values } = node;
  return { ...node, type, ...(isList(values) ? { enum: values.filter((value) => value !== null) } : {}) };
}

/** What makes two schemas the same: everything but what is said of them, and null. */
function fingerprint(node: JsonNode): string {
  const { description: _description, default: _default, ...rest } = withoutNull(node);
  return JSON.stringify(rest);
}

function reference(name: string, node: JsonNode, known: unknown): JsonNode {
  const { description, default: usual } = node;
  const about = {
    ...(description === undefined || description === known ? {} : { description }),
    ...(usual === undefined ? {} : { default: usual }),
  };
  const $ref = `${COMPONENTS}${name}`;
  return isNullable(node) ? { ...about, anyOf: [{ $ref }, { type: 'null' }] } : { ...about, $ref };
}
