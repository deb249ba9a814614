import type { SubmitLimits } from '@flashcards/shared/contract/job';
import type { Limits } from '@flashcards/shared/contract/limits';
import {
  MAX_MODELS,
  type PairConfig,
  hostSettings,
  modelsOf,
  pairSettings,
  readable,
} from '@flashcards/shared/contract/settings';
import { Joi } from '@flashcards/shared/contract/text';
import { parseCidrs } from '@flashcards/shared/security/addresses';
import { ConfigError, readConfig, readableSecrets } from '@flashcards/shared/runtime/config';
import { parseOrigins } from '@flashcards/shared/runtime/http/origins';
import { isLoopbackAddress } from '@flashcards/shared/runtime/http/request-guard';

export interface ApiConfig extends PairConfig {
  readonly PORT: number;
  readonly HOST: string;
  readonly OPS_PORT: number;
  readonly OPS_HOST?: string;
  readonly ALLOWED_HOSTS: string;
  readonly CORS_ORIGINS: string;
  readonly AUTH: 'open' | 'keys';
  readonly KEY_PEPPER?: string;
  readonly REQUIRE_SIGNED_KEYS: boolean;
  readonly SECRETS_KEY?: string;
  readonly AUDIT_FILE?: string;
  readonly RATE_LIMIT_PER_MINUTE: number;
  readonly REFUSED_PER_MINUTE: number;
  readonly MAX_OPEN_JOBS: number;
  readonly TOKENS_PER_DAY: number;
  readonly BUDGET_USD_PER_DAY: number;
  readonly EDITS_PER_MINUTE: number;
  readonly MAX_STORED_BYTES: number;
  readonly MAX_WAITING_JOBS: number;
  readonly MAX_WAIT_SECONDS: number;
  readonly MAX_REDIS_MEMORY_SHARE: number;
  readonly MAX_STREAMS: number;
  readonly ERASED_ON_DISK_SECONDS: number;
  readonly MAX_STREAMS_PER_TENANT: number;
  readonly MAX_WAITS_PER_TENANT: number;
  readonly MAX_READS_PER_TENANT: number;
  readonly MAX_LISTS_PER_TENANT: number;
  readonly MAX_FILES_PER_TENANT: number;
  readonly MAX_TEXT_CHARS: number;
  readonly MAX_CARDS: number;
  readonly TRUST_PROXY_HOPS: number;
  readonly DRAIN_SECONDS: number;
}

const whole = Joi.number().integer();
const port = whole.min(0).max(65_535);

const share = (quota: number, what: string) =>
  whole
    .min(0)
    .default(quota)
    .description(
      `Maximum ${what} that one tenant has at a replica. Past it, it is refused as \`quota_exceeded\`. 0 is no limit. Not in open mode.`,
    );

/** What keys need, for the API and for the command that manages them. */
const keySettings = {
  KEY_PEPPER: Joi.string()
    .min(32)
    .meta({ secret: true })
    .description(
      'Secret for the stored hashes and signatures of API keys. Changing it invalidates all keys. Required with `AUTH=keys`.',
    ),
  REQUIRE_SIGNED_KEYS: Joi.boolean()
    .default(false)
    .description(
      'Refuses API keys and limits whose record in Redis has no signature. Without it, they are refused once `keys sign --apply` has run, or where the first key was made by a version that signs.',
    ),
  AUDIT_FILE: Joi.string().description('File of the audit log. Without it, audit records are only in the service log.'),
};

/** Every setting of the API; `docs/configuration.md` is made from it. */
export const apiSettings = Joi.object<ApiConfig>({
  ...pairSettings,
  PORT: port.default(8000).description('Port for clients. 0 selects a free port, which is logged.'),
  HOST: Joi.string().default('127.0.0.1').description('Address to listen on.'),
  OPS_PORT: port
    .default(9100)
    .description('Port of metrics, probes and `/admin`, for operators only. 0 selects a free port.'),
  OPS_HOST: Joi.string().description('Address of the operations port; `HOST` by default.'),
  ...hostSettings,
  CORS_ORIGINS: Joi.string()
    .allow('')
    .custom(readable(parseOrigins))
    .default('')
    .description(
      'Origins whose pages may use the API from a browser, separated by commas: `https://cards.example,http://localhost:3000`. `*` is every origin, and needs `AUTH=keys`. Without it, only the own page may.',
    ),
  AUTH: Joi.string()
    .valid('open', 'keys')
    .default('keys')
    .description('`open` needs no API key, and is allowed only on loopback.'),
  ...keySettings,
  RATE_LIMIT_PER_MINUTE: whole
    .min(0)
    .default(10)
    .description('Maximum submits per tenant in any minute, or per address in open mode. 0 is no limit.'),
  REFUSED_PER_MINUTE: whole
    .min(0)
    .default(120)
    .description(
      'Maximum refused requests (4xx) per tenant in any minute at a replica, or per address without a good key. 0 is no limit.',
    ),
  MAX_OPEN_JOBS: whole.min(0).default(0).description('Maximum jobs of a tenant that have not ended. 0 is no limit.'),
  TOKENS_PER_DAY: whole.min(0).default(0).description('Maximum tokens of a tenant per day (UTC). 0 is no limit.'),
  BUDGET_USD_PER_DAY: Joi.number()
    .min(0)
    .default(0)
    .description('Maximum US dollars of a tenant per day (UTC). 0 is no limit. Needs `MODEL_MAX_PRICE`.'),
  EDITS_PER_MINUTE: whole
    .min(0)
    .default(600)
    .description('Maximum edits of cards per tenant in any minute. 0 is no limit. Not in open mode.'),
  MAX_STORED_BYTES: whole
    .min(0)
    .default(128 * 1_024 * 1_024)
    .description(
      'Maximum bytes of texts, decks and edits that a tenant stores within `RESULT_SECONDS`. Past it, submits and edits are refused as `quota_exceeded`. 0 is no limit. Not in open mode.',
    ),
  MAX_WAITING_JOBS: whole
    .min(1)
    .default(100_000)
    .description('Maximum waiting jobs. Beyond it, submits are refused as `overloaded`.'),
  MAX_STREAMS: whole
    .min(0)
    .default(10_000)
    .description('Maximum event streams of this process. Beyond it, a new stream is refused as `overloaded`.'),
  ERASED_ON_DISK_SECONDS: whole
    .min(0)
    .max(86_400)
    .default(3_600)
    .description(
      "How long erased data may stay in Redis' append-only file. After an erasure the API has Redis rewrite the file, and again after this time at the earliest. 0: the API never asks for it.",
    ),
  MAX_STREAMS_PER_TENANT: share(1_000, 'event streams'),
  MAX_WAITS_PER_TENANT: share(1_000, 'requests that wait for a job'),
  MAX_READS_PER_TENANT: share(256, 'reads at once'),
  MAX_LISTS_PER_TENANT: share(16, 'lists of jobs at once'),
  MAX_FILES_PER_TENANT: share(4, 'packages (`.apkg`) that are made or sent'),
  MAX_WAIT_SECONDS: whole
    .min(0)
    .default(3_600)
    .description(
      "Maximum wait of a tenant's oldest job, in seconds. Beyond it, its submits are refused as `overloaded`. 0 is no limit.",
    ),
  MAX_REDIS_MEMORY_SHARE: Joi.number()
    .min(0.01)
    .max(0.9)
    .default(0.7)
    .description(
      "Maximum share of Redis' `maxmemory` in use, or of its machine's memory if `maxmemory` is not set. Beyond it, submits are refused as `overloaded`.",
    ),
  MAX_TEXT_CHARS: whole
    .min(1)
    .max(200_000)
    .default(10_000)
    .description('Maximum length of a text, in Unicode code points.'),
  MAX_CARDS: whole.min(1).max(500).default(50).description('Maximum number of cards per job.'),
  TRUST_PROXY_HOPS: whole
    .min(0)
    .max(10)
    .default(0)
    .description('Number of proxies in front whose `X-Forwarded-For` is trusted.'),
  DRAIN_SECONDS: whole
    .min(0)
    .max(600)
    .default(20)
    .description('Seconds that open requests get to finish after SIGTERM.'),
});

/** What a tenant may use that has no limits of its own. */
export const limitsOf = (config: ApiConfig): Limits => ({
  submits_per_minute: config.RATE_LIMIT_PER_MINUTE,
  open_jobs: config.MAX_OPEN_JOBS,
  tokens_per_day: config.TOKENS_PER_DAY,
  usd_per_day: config.BUDGET_USD_PER_DAY,
  // Where there is one tenant, there is nobody to share with.
  edits_per_minute: config.AUTH === 'open' ? 0 : config.EDITS_PER_MINUTE,
  stored_bytes: config.AUTH === 'open' ? 0 : config.MAX_STORED_BYTES,
});

/** What one job may ask for here. There are webhooks where there is a secret to sign with. */
export const submitLimitsOf = (config: ApiConfig): SubmitLimits => ({
  maxTextChars: config.MAX_TEXT_CHARS,
  maxCards: config.MAX_CARDS,
  models: modelsOf(config),
  webhooks: config.AUTH === 'keys' || config.WEBHOOK_SECRET ? parseCidrs(config.WEBHOOK_ALLOW_CIDRS) : undefined,
});

/** Secrets whose files others may read: worth a warning. */
export const openSecrets = (environment = process.env): string[] => readableSecrets(apiSettings, environment);

export function readApiConfig(environment = process.env): ApiConfig {
  const config = readConfig(apiSettings, environment);
  if (config.AUTH === 'open' && !isLoopbackAddress(config.HOST)) {
    throw new ConfigError('AUTH=open would let anyone who reaches HOST spend your money: use it on 127.0.0.1 only.');
  }
  if (config.AUTH === 'open' && parseOrigins(config.CORS_ORIGINS).kind === 'any')
    throw new ConfigError(
      'CORS_ORIGINS=* with AUTH=open would let every web page spend your money: list the origins, or set AUTH=keys.',
    );
  if (config.AUTH === 'keys' && !(config.KEY_PEPPER && config.SECRETS_KEY)) {
    throw new ConfigError(
      'AUTH=keys needs KEY_PEPPER and SECRETS_KEY, each best from a file: KEY_PEPPER_FILE, SECRETS_KEY_FILE.',
    );
  }
  if (config.BUDGET_USD_PER_DAY > 0 && config.MODEL_MAX_PRICE === '')
    throw new ConfigError('BUDGET_USD_PER_DAY needs MODEL_MAX_PRICE, at which it reserves.');
  if (modelsOf(config).length > MAX_MODELS)
    throw new ConfigError('MODEL and MODEL_FALLBACKS may name three models in all.');
  return config;
}

export interface KeysConfig {
  readonly REDIS_URL: string;
  readonly REDIS_PREFIX: string;
  readonly KEY_PEPPER: string;
  readonly REQUIRE_SIGNED_KEYS: boolean;
  readonly SECRETS_KEY: string;
  readonly AUDIT_FILE?: string;
}

/** What the command `keys` needs of the same settings. */
export function readKeysConfig(environment = process.env): KeysConfig {
  const { REDIS_URL, REDIS_PREFIX, SECRETS_KEY } = pairSettings;
  const { KEY_PEPPER, ...others } = keySettings;
  const needed = { KEY_PEPPER: KEY_PEPPER.required(), SECRETS_KEY: SECRETS_KEY.required() };
  return readConfig(Joi.object<KeysConfig>({ REDIS_URL, REDIS_PREFIX, ...others, ...needed }), environment);
}

/** The file of the audit log, for the command that verifies it. */
export const auditFile = (environment = process.env): string | undefined => environment['AUDIT_FILE'] || undefined;
