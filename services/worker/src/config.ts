import {
  MAX_MODELS,
  type PairConfig,
  hostSettings,
  modelsOf,
  pairSettings,
} from '@flashcards/shared/contract/settings';
import { parsePrice } from '@flashcards/shared/contract/cost';
import { Joi } from '@flashcards/shared/contract/text';
import { ConfigError, readConfig, readableSecrets } from '@flashcards/shared/runtime/config';
import type { OpenRouterSettings } from './model/openrouter/settings';

export interface WorkerConfig extends PairConfig {
  readonly HOST: string;
  readonly OPS_PORT: number;
  readonly OPS_HOST?: string;
  readonly ALLOWED_HOSTS: string;
  readonly OPENROUTER_API_KEY?: string;
  readonly OPENROUTER_BASE_URL: string;
  readonly OPENROUTER_PRIVACY: boolean;
  readonly MODEL_TIMEOUT_SECONDS: number;
  readonly WORKER_CONCURRENCY: number;
  readonly DRAIN_SECONDS: number;
  readonly WEBHOOK_CONCURRENCY: number;
  readonly WEBHOOK_MAX_PER_TENANT: number;
  readonly WEBHOOK_MAX_PER_HOST: number;
  readonly WEBHOOK_RETRY_SECONDS: string;
  readonly WEBHOOK_TIMEOUT_SECONDS: number;
  readonly WEBHOOK_DISABLE_SECONDS: number;
}

const whole = Joi.number().integer();
// At most a day each, at most 20 of them.
const NUMBERS = /^\d{1,5}(\.\d{1,3})?(,\d{1,5}(\.\d{1,3})?){0,19}$/;

/** Every setting of a worker; `docs/configuration.md` is made from it. */
export const workerSettings = Joi.object<WorkerConfig>({
  ...pairSettings,
  HOST: Joi.string().default('127.0.0.1').description('Address of the operations port, unless `OPS_HOST` is set.'),
  OPS_PORT: whole
    .min(0)
    .max(65_535)
    .default(9101)
    .description('Port of metrics and probes. 0 selects a free port, which is logged.'),
  OPS_HOST: Joi.string().description('Address of the operations port; `HOST` by default.'),
  ...hostSettings,
  OPENROUTER_API_KEY: Joi.string().meta({ secret: true }).description("Key of the model's API. Only workers have it."),
  OPENROUTER_BASE_URL: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .default('https://openrouter.ai/api/v1')
    .description('Base URL of the model API: OpenRouter, or any OpenAI-compatible API.'),
  OPENROUTER_PRIVACY: Joi.boolean()
    .default(true)
    .description(
      "Sends OpenRouter's privacy settings (no data collection, zero retention). Turn it off for other APIs that refuse unknown fields.",
    ),
  MODEL_TIMEOUT_SECONDS: whole.min(1).max(600).default(120).description('Maximum seconds for one model call.'),
  WORKER_CONCURRENCY: whole.min(1).max(1_000).default(100).description('Maximum jobs at once in this process.'),
  DRAIN_SECONDS: whole
    .min(0)
    .max(600)
    .default(20)
    .description('Seconds that running jobs get after SIGTERM, before they are handed back.'),
  WEBHOOK_CONCURRENCY: whole
    .min(1)
    .max(2_000)
    .default(400)
    .description('Maximum attempts of webhooks at once in this process. Each is a connection that waits.'),
  WEBHOOK_MAX_PER_TENANT: whole
    .min(0)
    .default(100)
    .description(
      'Maximum attempts of webhooks at once of one tenant, at all workers together. A tenant also leaves as many slots free as it holds. 0 is no limit.',
    ),
  WEBHOOK_MAX_PER_HOST: whole
    .min(1)
    .default(8)
    .description(
      'Maximum attempts of webhooks at once of one tenant at one host. While the host gives no answer, there is one.',
    ),
  WEBHOOK_RETRY_SECONDS: Joi.string()
    .custom((text: string, helpers) =>
      NUMBERS.test(text) ? text : helpers.message({ custom: 'must be numbers of seconds, separated by commas' }),
    )
    .default('5,300,1800,7200,18000,36000,36000')
    .description(
      'Seconds to wait before the second and each further attempt of a webhook. Up to 20 % is added to each.',
    ),
  WEBHOOK_TIMEOUT_SECONDS: Joi.number()
    .min(0.1)
    .max(60)
    .default(15)
    .description('Maximum seconds for one attempt of a webhook.'),
  WEBHOOK_DISABLE_SECONDS: Joi.number()
    .min(1)
    .default(432_000)
    .description(
      'A URL that only failed for this many seconds is disabled: it gets no automatic attempts until a redelivery succeeds.',
    ),
});

/** Milliseconds to wait before the second and each further attempt of a webhook. */
export const retryMs = ({ WEBHOOK_RETRY_SECONDS }: Pick<WorkerConfig, 'WEBHOOK_RETRY_SECONDS'>): number[] =>
  WEBHOOK_RETRY_SECONDS.split(',').map((seconds) => Number(seconds) * 1_000);

/** Secrets whose files others may read: worth a warning. */
export const openSecrets = (environment = process.env): string[] => readableSecrets(workerSettings, environment);

export function readWorkerConfig(environment = process.env): WorkerConfig {
  const config = readConfig(workerSettings, environment);
  if (modelsOf(config).length > MAX_MODELS)
    throw new ConfigError('MODEL and MODEL_FALLBACKS may name three models in all.');
  if (!config.OPENROUTER_API_KEY && config.OPENROUTER_BASE_URL.startsWith('https://openrouter.ai/')) {
    throw new ConfigError('OPENROUTER_API_KEY is not set: OpenRouter answers nobody without one.');
  }
  return config;
}

/** How the model's API is reached. */
export const openRouterSettings = (config: WorkerConfig): OpenRouterSettings => ({
  baseUrl: config.OPENROUTER_BASE_URL,
  apiKey: config.OPENROUTER_API_KEY ?? null,
  models: modelsOf(config),
  timeouts: {
    connectMs: 5_000,
    headersMs: 60_000,
    contentGapMs: 45_000,
    totalMs: config.MODEL_TIMEOUT_SECONDS * 1_000,
  },
  privacy: config.OPENROUTER_PRIVACY,
  maxPrice: parsePrice(config.MODEL_MAX_PRICE),
});
