import { hostSettings } from '@flashcards/shared/contract/settings';
import { Joi } from '@flashcards/shared/contract/text';
import { ConfigError, readConfig } from '@flashcards/shared/runtime/config';

/** The bounds of the number of workers. Both the decision and `scale-door` keep them. */
export interface Bounds {
  readonly WORKERS_MIN: number;
  readonly WORKERS_MAX: number;
}

export interface AutoscalerConfig extends Bounds {
  readonly HOST: string;
  readonly OPS_PORT: number;
  readonly ALLOWED_HOSTS: string;
  readonly LOG_LEVEL: 'error' | 'warn' | 'info' | 'debug';
  readonly REGION: string;
  readonly PROMETHEUS_URL: string;
  readonly SCALE_URL: string;
  readonly DRY_RUN: boolean;
  readonly CHECK_SECONDS: number;
  readonly BACKLOG_SECONDS: number;
  readonly COOLDOWN_OUT_SECONDS: number;
  readonly COOLDOWN_IN_SECONDS: number;
  readonly MODEL_CALLS_MAX: number;
}

export interface ScaleDoorConfig extends Bounds {
  readonly HOST: string;
  readonly PORT: number;
  readonly LOG_LEVEL: 'error' | 'warn' | 'info' | 'debug';
  readonly DOCKER_SOCKET: string;
  readonly WORKER_SERVICE: string;
}

const whole = Joi.number().integer();
const url = Joi.string().uri({ scheme: ['http', 'https'] });
const both = {
  HOST: Joi.string().default('127.0.0.1').description('Address to listen on.'),
  WORKERS_MIN: whole.min(1).max(1_000).default(1).description('Minimum number of workers.'),
  WORKERS_MAX: whole.min(1).max(1_000).default(4).description('Maximum number of workers.'),
  LOG_LEVEL: Joi.string()
    .valid('error', 'warn', 'info', 'debug')
    .default('info')
    .description('Lowest level that is logged.'),
};

/** Every setting of the process that decides; `docs/configuration.md` is made from it. */
export const autoscalerSettings = Joi.object<AutoscalerConfig>({
  ...both,
  OPS_PORT: whole.min(0).max(65_535).default(9102).description('Port of metrics and probes.'),
  ...hostSettings,
  REGION: Joi.string()
    .allow('')
    .pattern(/^[a-z0-9]{0,8}$/, { name: 'must be at most 8 of a-z and 0-9' })
    .default('')
    .description('Name of the region: prefix of job ids, and label of metrics.'),
  PROMETHEUS_URL: url
    .default('http://prometheus:9090')
    .description('Prometheus server that provides the load metrics.'),
  SCALE_URL: url
    .default('http://scale-door:9103')
    .description('URL of `scale-door`, the process that may scale the workers.'),
  DRY_RUN: Joi.boolean().default(true).description('Only logs what it would do.'),
  CHECK_SECONDS: whole.min(1).max(600).default(10).description('Seconds between two checks.'),
  BACKLOG_SECONDS: whole
    .min(1)
    .max(86_400)
    .default(60)
    .description('Target time for working off a backlog, in seconds.'),
  COOLDOWN_OUT_SECONDS: whole
    .min(0)
    .max(3_600)
    .default(30)
    .description('Minimum seconds between a change and an increase.'),
  COOLDOWN_IN_SECONDS: whole
    .min(0)
    .max(86_400)
    .default(180)
    .description('Workers are removed only if fewer would have been enough for this many seconds.'),
  MODEL_CALLS_MAX: whole
    .min(0)
    .default(0)
    .description('Maximum model calls at once that the provider allows. 0 is no limit.'),
});

/** Every setting of `scale-door`. */
export const scaleDoorSettings = Joi.object<ScaleDoorConfig>({
  ...both,
  PORT: whole.min(0).max(65_535).default(9103).description('Port of `scale-door`. 0 selects a free port.'),
  DOCKER_SOCKET: Joi.string()
    .default('/var/run/docker.sock')
    .description('Socket of the Docker engine, on a Swarm manager.'),
  WORKER_SERVICE: Joi.string()
    .required()
    .description('Name of the Swarm service of the workers, the only one that it changes.'),
});

const ordered = <T extends Bounds>(config: T): T => {
  if (config.WORKERS_MIN > config.WORKERS_MAX) throw new ConfigError('WORKERS_MIN must not be more than WORKERS_MAX.');
  return config;
};

export const readAutoscalerConfig = (environment = process.env): AutoscalerConfig =>
  ordered(readConfig(autoscalerSettings, environment));
export const readScaleDoorConfig = (environment = process.env): ScaleDoorConfig =>
  ordered(readConfig(scaleDoorSettings, environment));
