import type { Price } from '@flashcards/shared/contract/cost';
import { ModelError } from '../model-errors';
import { FORMAT_REASONS } from './errors';

export interface CompletionRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** One of the settings' models: asked first, before the others. */
  readonly model?: string;
  readonly maxTokens: number;
  /** A JSON schema in strict form. Pass the same object each time: its text is kept with it. */
  readonly schema: object;
  /** A pseudonym, never a name or an address. */
  readonly user: string;
  readonly traceparent?: string;
}

const RESPONSE_FORMAT_TTL_MS = 3_600_000;

/** A way to ask for JSON. */
export interface ResponseFormat {
  readonly name: string;
  readonly format: (schema: string) => string;
  readonly requireParameters: boolean;
}

/**
 * Ways to ask for JSON, the strictest first. Each keeps the privacy keys. The last asks for nothing that an endpoint could
 * lack, so it requires nothing either.
 */
const RUNGS: readonly ResponseFormat[] = [
  {
    name: 'json_schema',
    format: (schema) =>
      `,"response_format":{"type":"json_schema","json_schema":{"name":"flashcards","strict":true,"schema":${schema}}}`,
    requireParameters: true,
  },
  { name: 'json_object', format: () => ',"response_format":{"type":"json_object"}', requireParameters: true },
  { name: 'text', format: () => '', requireParameters: false },
];

const routing = ({ requireParameters }: ResponseFormat, price: Price | null): string => {
  const provider = {
    data_collection: 'deny',
    zdr: true,
    require_parameters: requireParameters,
    allow_fallbacks: true,
    ...(price ? { max_price: { prompt: price.input, completion: price.output } } : {}),
  };
  // Without this a long text loses its middle, silently, at endpoints with a small context.
  const plugins = [{ id: 'context-compression', enabled: false }];
  return `,"provider":${JSON.stringify(provider)},"plugins":${JSON.stringify(plugins)}`;
};

/** What the text of a body depends on besides its request. */
export interface BodySettings {
  readonly privacy: boolean;
  /** Endpoints that cost more are not asked. */
  readonly maxPrice?: Price | null;
  readonly user?: string;
}

export type Body = (request: CompletionRequest, models: readonly string[], responseFormat: ResponseFormat) => string;

/** Builds bodies as text: all but the messages is the same in each call, and is serialised once. */
export function createBody({ privacy, maxPrice = null, user = 'anonymous' }: BodySettings): Body {
  const schemas = new WeakMap<object, string>();
  const tails = new Map(
    RUNGS.map((responseFormat) => [
      responseFormat,
      privacy ? routing(responseFormat, maxPrice) : ',"stream_options":{"include_usage":true}',
    ]),
  );
  const target = (models: readonly string[]): string =>
    privacy && models.length > 1 ? `"models":${JSON.stringify(models)}` : `"model":${JSON.stringify(models[0])}`;
  const schemaText = (schema: object): string => {
    const text = schemas.get(schema) ?? JSON.stringify(schema);
    schemas.set(schema, text);
    return text;
  };
  const messageText = rememberSystem();
  return (request, models, responseFormat) =>
    `{${target(models)},"messages":[${request.messages.map(messageText).join()}]${responseFormat.format(schemaText(request.schema))}` +
    `,"max_tokens":${request.maxTokens}${tails.get(responseFormat) ?? ''},"user":${JSON.stringify(request.user || user)},"stream":true}`;
}

/** Of the messages the system's are the longest, and only a few different ones. */
function rememberSystem(): (message: CompletionRequest['messages'][number]) => string {
  const known = new Map<string, string>();
  return (message) => {
    if (message.role !== 'system') return JSON.stringify(message);
    const text = known.get(message.content) ?? JSON.stringify(message);
    if (known.size > 100) known.clear();
    known.set(message.content, text);
    return text;
  };
}

export interface ResponseFormats {
  /** Attempts with the rung that worked last for this list of models, and further down while the format is the reason. */
  fallBack<T>(key: string, attempt: (responseFormat: ResponseFormat) => Promise<T>): Promise<T>;
}

/** Moves down only when the format was the reason and nothing can have been spent. */
const mayFallBack = (error: unknown, index: number): boolean =>
  error instanceof ModelError && FORMAT_REASONS.has(error.reason) && error.billed === 'no' && index < RUNGS.length - 1;

/** Remembers how far down a list of models had to go, for an hour: support comes and goes. */
export function createResponseFormats(now: () => number = Date.now): ResponseFormats {
  const kept = new Map<string, { index: number; until: number }>();
  const startOf = (key: string): number => {
    const found = kept.get(key);
    return found !== undefined && found.until > now() ? found.index : 0;
  };
  return {
    async fallBack(key, attempt) {
      const start = startOf(key);
      for (let index = start; ; index += 1) {
        try {
          const result = await attempt(RUNGS[index] as ResponseFormat);
          if (index !== start) kept.set(key, { index, until: now() + RESPONSE_FORMAT_TTL_MS });
          return result;
        } catch (error) {
          if (!mayFallBack(error, index)) throw error;
        }
      }
    },
  };
}
