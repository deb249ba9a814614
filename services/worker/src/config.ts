import Joi from 'joi';
import { ConfigError, readConfig } from '@flashcards/shared/runtime/config';

export interface WorkerConfig {
  readonly HOST: string;
  readonly OPS_PORT: number;
  readonly OPS_HOST?: string;
  readonly REDIS_URL: string;
  readonly CACHE_REDIS_URL?: string;
  readonly REDIS_PREFIX: string;
  readonly OPENROUTER_API_KEY?: string;
  readonly OPENROUTER_BASE_URL: string;
  readonly OPENROUTER_PRIVACY: boolean;
  readonly MODEL: string;
  readonly MODEL_FALLBACKS: string;
  readonly MODEL_TIMEOUT_SECONDS: number;
  readonly WORKER_CONCURRENCY: number;
  readonly DRAIN_SECONDS: number;
  readonly RESULT_SECONDS: number;
  readonly FAILED_TEXT_SECONDS: number;
  readonly REGION: string;
  readonly LOG_LEVEL: string;
}

const whole = Joi.number().integer();
const redisUrl = Joi.string()
  .uri({ scheme: ['redis', 'rediss'] })
  .meta({ secret: true });

/** Every setting of a worker; `docs/configuration.md` is made from it. */
export const workerSettings = Joi.object<WorkerConfig>({
  HOST: Joi.string().default('127.0.0.1').description('Address of the operations port unless `OPS_HOST` is set.'),
  OPS_PORT: whole
    .min(0)
    .max(65_535)
    .default(9101)
    .description('Port of metrics and health; 0 takes a free one and logs it.'),
  OPS_HOST: Joi.string().description('Address of the operations port.'),
  REDIS_URL: redisUrl.required().description('Records, queue and limits.'),
  CACHE_REDIS_URL: redisUrl.description('Finished results only, may be lost at any time; `REDIS_URL` when empty.'),
  REDIS_PREFIX: Joi.string()
    .pattern(/^\{[A-Za-z0-9_-]+\}$/)
    .default('{flashcards}')
    .description('Prefix of every key: one hash tag, so that all keys live on one shard.'),
  OPENROUTER_API_KEY: Joi.string().meta({ secret: true }).description("Key of the model's API. Only workers hold it."),
  OPENROUTER_BASE_URL: Joi.string()
    .uri({ scheme: ['http', 'https'] })
    .default('https://openrouter.ai/api/v1')
    .description('Any OpenAI-compatible API.'),
  OPENROUTER_PRIVACY: Joi.boolean()
    .default(true)
    .description(
      "Send OpenRouter's privacy settings (no data collection, zero retention). Off for other APIs, which refuse unknown fields.",
    ),
  MODEL: Joi.string().default('openai/gpt-4.1-nano').description('The model that is asked first.'),
  MODEL_FALLBACKS: Joi.string().allow('').default('').description('Up to two more models, separated by commas.'),
  MODEL_TIMEOUT_SECONDS: whole.min(1).max(600).default(120).description('Longest time for one model call.'),
  WORKER_CONCURRENCY: whole.min(1).max(1_000).default(100).description('Jobs at once in this process.'),
  DRAIN_SECONDS: whole
    .min(0)
    .max(600)
    .default(20)
    .description('What running jobs get after SIGTERM before they are handed back.'),
  RESULT_SECONDS: whole
    .min(1)
    .max(604_800)
    .default(3_600)
    .description('How long a finished job and its deck are kept.'),
  FAILED_TEXT_SECONDS: whole.min(0).max(604_800).default(3_600).description("How long a failed job's text is kept."),
  REGION: Joi.string()
    .allow('')
    .pattern(/^[a-z0-9]{0,8}$/)
    .default('')
    .description('Label of metrics.'),
  LOG_LEVEL: Joi.string()
    .valid('error', 'warn', 'info', 'debug')
    .default('info')
    .description('Least level that is logged.'),
});

export function readWorkerConfig(environment = process.env): WorkerConfig {
  const config = readConfig(workerSettings, environment);
  if (modelsOf(config).length > 3) throw new ConfigError('MODEL and MODEL_FALLBACKS may name three models in all.');
  if (!config.OPENROUTER_API_KEY && config.OPENROUTER_BASE_URL.startsWith('https://openrouter.ai/')) {
    throw new ConfigError('OPENROUTER_API_KEY is not set: OpenRouter answers nobody without one.');
  }
  return config;
}

/** The models that are asked, the first one first. */
export const modelsOf = ({ MODEL, MODEL_FALLBACKS }: Pick<WorkerConfig, 'MODEL' | 'MODEL_FALLBACKS'>): string[] => [
  ...new Set([MODEL, ...MODEL_FALLBACKS.split(',').map((model) => model.trim())].filter(Boolean)),
];
