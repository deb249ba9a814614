import Joi from 'joi';
import { ConfigError, readConfig } from '@flashcards/shared/runtime/config';

export interface ApiConfig {
  readonly PORT: number;
  readonly HOST: string;
  readonly OPS_PORT: number;
  readonly OPS_HOST?: string;
  readonly REDIS_URL: string;
  readonly CACHE_REDIS_URL?: string;
  readonly REDIS_PREFIX: string;
  readonly AUTH: 'open' | 'keys';
  readonly RATE_LIMIT_PER_MINUTE: number;
  readonly MAX_WAITING_JOBS: number;
  readonly MAX_TEXT_CHARS: number;
  readonly MAX_CARDS: number;
  readonly MODEL: string;
  readonly MODEL_FALLBACKS: string;
  readonly RESULT_SECONDS: number;
  readonly FAILED_TEXT_SECONDS: number;
  readonly TRUST_PROXY_HOPS: number;
  readonly DRAIN_SECONDS: number;
  readonly REGION: string;
  readonly LOG_LEVEL: string;
}

const whole = Joi.number().integer();
const port = whole.min(0).max(65_535);

/** Every setting of the API; `docs/configuration.md` is made from it. */
export const apiSettings = Joi.object<ApiConfig>({
  PORT: port.default(8000).description('Port that clients reach; 0 takes a free one and logs it.'),
  HOST: Joi.string().default('127.0.0.1').description('Address to listen on.'),
  OPS_PORT: port.default(9100).description('Port of metrics and health, for operators only; 0 takes a free one.'),
  OPS_HOST: Joi.string().description('Address of the operations port; `HOST` when empty.'),
  REDIS_URL: Joi.string()
    .uri({ scheme: ['redis', 'rediss'] })
    .required()
    .meta({ secret: true })
    .description('Records, queue and limits.'),
  CACHE_REDIS_URL: Joi.string()
    .uri({ scheme: ['redis', 'rediss'] })
    .meta({ secret: true })
    .description('Finished results only, may be lost at any time; `REDIS_URL` when empty.'),
  REDIS_PREFIX: Joi.string()
    .pattern(/^\{[A-Za-z0-9_-]+\}$/)
    .default('{flashcards}')
    .description('Prefix of every key: one hash tag, so that all keys live on one shard.'),
  AUTH: Joi.string().valid('open', 'keys').default('keys').description('`open` needs no API key, on loopback only.'),
  RATE_LIMIT_PER_MINUTE: whole
    .min(0)
    .default(10)
    .description('Submits by an address or key in any minute; 0 is no limit.'),
  MAX_WAITING_JOBS: whole
    .min(1)
    .default(100_000)
    .description('Waiting jobs past which a submit is refused as overloaded.'),
  MAX_TEXT_CHARS: whole.min(1).max(200_000).default(10_000).description('Longest text, in Unicode code points.'),
  MAX_CARDS: whole.min(1).max(500).default(50).description('Most cards of one job.'),
  MODEL: Joi.string().default('openai/gpt-4.1-nano').description('The model that is asked first.'),
  MODEL_FALLBACKS: Joi.string().allow('').default('').description('Up to two more models, separated by commas.'),
  RESULT_SECONDS: whole
    .min(1)
    .max(604_800)
    .default(3_600)
    .description('How long a finished job and its deck are kept.'),
  FAILED_TEXT_SECONDS: whole.min(0).max(604_800).default(3_600).description("How long a failed job's text is kept."),
  TRUST_PROXY_HOPS: whole.min(0).max(10).default(0).description('Proxies in front whose X-Forwarded-For is believed.'),
  DRAIN_SECONDS: whole.min(0).max(600).default(20).description('What open requests get after SIGTERM.'),
  REGION: Joi.string()
    .allow('')
    .pattern(/^[a-z0-9]{0,8}$/)
    .default('')
    .description('Prefix of ids and label of metrics.'),
  LOG_LEVEL: Joi.string()
    .valid('error', 'warn', 'info', 'debug')
    .default('info')
    .description('Least level that is logged.'),
});

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

export function readApiConfig(environment = process.env): ApiConfig {
  const config = readConfig(apiSettings, environment);
  if (config.AUTH === 'open' && !LOOPBACK.test(config.HOST)) {
    throw new ConfigError('AUTH=open would let anyone who reaches HOST spend your money: use it on 127.0.0.1 only.');
  }
  if (config.AUTH === 'keys') {
    throw new ConfigError('AUTH=keys is not built yet: set AUTH=open, which listens on loopback only.');
  }
  if (modelsOf(config).length > 3) throw new ConfigError('MODEL and MODEL_FALLBACKS may name three models in all.');
  return config;
}

/** The models a job may ask, the default one first. */
export const modelsOf = ({ MODEL, MODEL_FALLBACKS }: Pick<ApiConfig, 'MODEL' | 'MODEL_FALLBACKS'>): string[] => [
  ...new Set([MODEL, ...MODEL_FALLBACKS.split(',').map((model) => model.trim())].filter(Boolean)),
];
