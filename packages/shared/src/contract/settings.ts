import type JoiBase from 'joi';
import { parseCidrs } from '../security/addresses';
import { parsePrice } from './cost';
import { Joi } from './text';
import { sealingKey } from '../security/sealed';
import { secretKey } from '../security/webhook-secret';

/** What the API and the workers of one deployment must agree on, and what both have. */
export interface PairConfig {
  readonly REDIS_URL: string;
  readonly CACHE_REDIS_URL?: string;
  readonly REDIS_PREFIX: string;
  readonly MODEL: string;
  readonly MODEL_FALLBACKS: string;
  readonly MODEL_MAX_PRICE: string;
  readonly RESULT_SECONDS: number;
  readonly FAILED_TEXT_SECONDS: number;
  readonly REGION: string;
  readonly LOG_LEVEL: 'error' | 'warn' | 'info' | 'debug';
  readonly WEBHOOK_SECRET?: string;
  readonly WEBHOOK_ALLOW_CIDRS: string;
  readonly SECRETS_KEY?: string;
  readonly OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  readonly OTEL_EXPORTER_OTLP_HEADERS?: string;
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

const redisUrl = Joi.string()
  .uri({ scheme: ['redis', 'rediss'] })
  .meta({ secret: true });
const seconds = Joi.number().integer().max(604_800).default(3_600);

/** Has `read` look at a text that stays as it is; what it throws is the rule that was broken. */
export const readable = (read: (text: string) => unknown) => (text: string, helpers: JoiBase.CustomHelpers<string>) => {
  try {
    read(text);
    return text;
  } catch (error) {
    return helpers.message({ custom: error instanceof Error ? error.message : String(error) });
  }
};

/** The keys of `PairConfig`, for both services' schemas. */
export const pairSettings = {
  REDIS_URL: redisUrl.required().description('Redis for records, the queue and limits.'),
  CACHE_REDIS_URL: redisUrl.description(
    'Redis for cached results, which may be lost at any time; `REDIS_URL` by default.',
  ),
  REDIS_PREFIX: Joi.string()
    .pattern(/^\{[A-Za-z0-9_-]+\}$/, { name: 'must be one hash tag, such as {flashcards}' })
    .default('{flashcards}')
    .description('Prefix of every Redis key. It must be one hash tag, so that all keys are on one shard.'),
  MODEL: Joi.string().default('openai/gpt-4.1-nano').description('Model to use first.'),
  MODEL_FALLBACKS: Joi.string()
    .allow('')
    .default('')
    .description('Up to two more models to use if the first fails, separated by commas.'),
  MODEL_MAX_PRICE: Joi.string()
    .allow('')
    .custom(readable(parsePrice))
    .default('')
    .description(
      'Maximum price in US dollars per million tokens of input and of output: `0.5,2`. Budgets reserve at this price, and OpenRouter uses no endpoint that costs more. Required for a budget in dollars.',
    ),
  RESULT_SECONDS: seconds.min(1).description('How many seconds an ended job and its deck are kept.'),
  FAILED_TEXT_SECONDS: seconds.min(0).description("How many seconds a failed job's text is kept."),
  REGION: Joi.string()
    .allow('')
    .pattern(/^[a-z0-9]{0,8}$/, { name: 'must be at most 8 of a-z and 0-9' })
    .default('')
    .description('Name of the region: prefix of job ids, and label of metrics.'),
  LOG_LEVEL: Joi.string()
    .valid('error', 'warn', 'info', 'debug')
    .default('info')
    .description('Lowest level that is logged.'),
  WEBHOOK_SECRET: Joi.string()
    .custom(readable(secretKey))
    .meta({ secret: true })
    .description(
      'Secret that signs webhooks in open mode: `whsec_` and the base64 of 24 to 64 bytes. Without it, open mode has no webhooks.',
    ),
  WEBHOOK_ALLOW_CIDRS: Joi.string()
    .allow('')
    .custom(readable(parseCidrs))
    .default('')
    .description(
      'Internal address ranges that webhooks may reach, also over http: `10.1.0.0/16,fd00:1::/32`. Logged at start.',
    ),
  SECRETS_KEY: Joi.string()
    .custom(readable(sealingKey))
    .meta({ secret: true })
    .description(
      "Key that encrypts tenants' webhook secrets in Redis: 32 bytes, as 64 hex digits or base64. Required with `AUTH=keys`.",
    ),
  OTEL_EXPORTER_OTLP_ENDPOINT: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .pattern(/^[^?#@]*$/, { name: 'must be a URL without user, query and fragment' })
    .description(
      'URL to which traces are sent, by OTLP over HTTP, without `/v1/traces` at its end. Without it, there are no traces.',
    ),
  OTEL_EXPORTER_OTLP_HEADERS: Joi.string()
    .pattern(/^[\w-]+=[^,]*(,[\w-]+=[^,]*)*$/, { name: 'must be name=value, separated by commas' })
    .custom(readable(decodeURIComponent))
    .meta({ secret: true })
    .description('Headers to send with traces, such as a key: `name=value,name=value`, with percent-encoded values.'),
  OTEL_TRACES_SAMPLER_ARG: Joi.number()
    .min(0)
    .max(1)
    .default(1)
    .description(
      'Share of the traces started here that is kept. A trace started by a client is kept if the client keeps it.',
    ),
};

const NAMES = /^(\[[0-9a-f:.]+\]|[\w.-]+)( *, *(\[[0-9a-f:.]+\]|[\w.-]+))*$/i;

/** For every service that has an operations port. */
export const hostSettings = {
  ALLOWED_HOSTS: Joi.string()
    .allow('')
    .pattern(NAMES, { name: 'must be names of hosts without ports, separated by commas' })
    .default('')
    .description(
      'Host names, separated by commas, that `Host` may have besides loopback names. They apply with `AUTH=open`, and on an operations port on loopback. Any other name is a 421.',
    ),
};

/** Where the traces of a service go, as `startTracing` takes it. */
export const tracingSettings = (config: PairConfig, service: string) => ({
  endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
  headers: config.OTEL_EXPORTER_OTLP_HEADERS,
  share: config.OTEL_TRACES_SAMPLER_ARG,
  service,
  region: config.REGION,
});

/** OpenRouter refuses every call that names more. */
export const MAX_MODELS = 3;

/** The models a job may ask, the default one first. */
export const modelsOf = ({ MODEL, MODEL_FALLBACKS }: Pick<PairConfig, 'MODEL' | 'MODEL_FALLBACKS'>): string[] => [
  ...new Set([MODEL, ...MODEL_FALLBACKS.split(',').map((model) => model.trim())].filter(Boolean)),
];
