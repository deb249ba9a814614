import type { Price } from '@flashcards/shared/contract/cost';
import { remembered } from '@flashcards/shared/runtime/bounded-map';
import type { CompletionRequest } from '../port';
import { FORMATS, type ResponseFormat } from './response-format';
import type { OpenRouterSettings } from './settings';

export type Body = (request: CompletionRequest, models: readonly string[], format: ResponseFormat) => string;

/** Builds bodies as text: everything but the messages is the same in each call and is serialised once. */
export function createBody({
  privacy,
  maxPrice = null,
  user = 'anonymous',
}: Pick<OpenRouterSettings, 'privacy' | 'maxPrice' | 'user'>): Body {
  const schemas = new WeakMap<object, string>();
  const tails = new Map(
    FORMATS.map((format) => [format, privacy ? routing(format, maxPrice) : ',"stream_options":{"include_usage":true}']),
  );
  const target = (models: readonly string[]): string =>
    privacy && models.length > 1 ? `"models":${JSON.stringify(models)}` : `"model":${JSON.stringify(models[0])}`;
  const schemaText = (schema: object): string => {
    const text = schemas.get(schema) ?? JSON.stringify(schema);
    schemas.set(schema, text);
    return text;
  };
  return (request, models, format) =>
    `{${target(models)},"messages":[${request.messages.map(messageText).join()}]${format.format(schemaText(request.schema))}` +
    `,"max_tokens":${request.maxTokens}${tails.get(format) ?? ''},"user":${JSON.stringify(request.user || user)},"stream":true}`;
}

const MAX_SYSTEM_TEXTS = 100;

/** System messages are the longest, and there are only a few different ones. */
const systemText = remembered(MAX_SYSTEM_TEXTS, (content) => JSON.stringify({ role: 'system', content }));

const messageText = (message: CompletionRequest['messages'][number]): string =>
  message.role === 'system' ? systemText(message.content) : JSON.stringify(message);

function routing({ requireParameters }: ResponseFormat, price: Price | null): string {
  const provider = {
    data_collection: 'deny',
    zdr: true,
    require_parameters: requireParameters,
    allow_fallbacks: true,
    ...(price ? { max_price: { prompt: price.input, completion: price.output } } : {}),
  };
  // Without this, endpoints with a small context silently drop the middle of a long text.
  const plugins = [{ id: 'context-compression', enabled: false }];
  return `,"provider":${JSON.stringify(provider)},"plugins":${JSON.stringify(plugins)}`;
}
