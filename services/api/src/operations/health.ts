import { Joi } from '@flashcards/shared/contract/text';
import type { QueueState } from '@flashcards/shared/store/jobs/job-store';
import { within } from '@flashcards/shared/runtime/time';

const STATES = ['healthy', 'degraded', 'unhealthy'] as const;
export type HealthState = (typeof STATES)[number];
export interface Check {
  readonly status: HealthState;
  readonly reason: string;
}
export interface HealthReport extends Check {
  readonly checks: Readonly<Record<string, Check>>;
}

const checkFields = {
  status: Joi.string()
    .valid(...STATES)
    .required(),
  reason: Joi.string().required(),
};
export const healthSchema = Joi.object<HealthReport>({
  ...checkFields,
  checks: Joi.object().pattern(Joi.string(), Joi.object<Check>(checkFields)).required(),
});

export interface HealthParts {
  /** How full Redis is, 0 to 1, whether it writes its append-only file, and whether it takes writes. */
  redis(): Promise<{ readonly memoryShare: number; readonly aofOk: boolean; readonly writable: boolean }>;
  /** Share of Redis' memory past which submits are refused. */
  readonly maxMemoryShare: number;
  queue(): Promise<QueueState>;
  /** Free share of the disk and of the memory that this process may use, 0 to 1. */
  disk(): Promise<number>;
  memory(): number;
  /** What the workers' last probe of the model's API left, with its age. */
  modelProbe(): Promise<(Check & { readonly ageSeconds: number }) | null>;
}
export interface Health {
  check(): Promise<HealthReport>;
}

const is = (status: HealthState, reason: string): Check => ({ status, reason });
const LIMIT_MS = 1_500;

/** The deep check: each part healthy, degraded or unhealthy with a reason that names no host, version or key. */
export function createHealth(parts: HealthParts): Health {
  const checks: Readonly<Record<string, () => Promise<Check>>> = {
    redis: async () => judgeRedis(await parts.redis(), parts.maxMemoryShare),
    openrouter: async () => judgeProbe(await parts.modelProbe()),
    queue: async () => judgeQueue(await parts.queue()),
    disk: async () => judgeShare('disk', await parts.disk()),
    memory: () => Promise.resolve(judgeShare('memory', parts.memory())),
  };
  const runOne = (check: () => Promise<Check>): Promise<Check> =>
    within(LIMIT_MS, check(), () => new Error('late')).catch(() => is('unhealthy', 'does not answer'));
  return {
    async check() {
      const found = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await runOne(check)] as const),
      );
      const worst = STATES.findLast((state) => found.some(([, { status }]) => status === state)) ?? 'healthy';
      const reasons = found
        .filter(([, { status }]) => status !== 'healthy')
        .map(([name, { reason }]) => `${name} ${reason}`);
      return { status: worst, reason: reasons.join('; ') || 'all is well', checks: Object.fromEntries(found) };
    },
  };
}

function judgeRedis({ memoryShare, aofOk, writable }: Awaited<ReturnType<HealthParts['redis']>>, max: number): Check {
  if (!aofOk) return is('unhealthy', 'cannot write its append-only file');
  if (!writable) return is('unhealthy', 'takes no writes');
  return memoryShare > max ? is('degraded', 'is too full to take submits') : is('healthy', 'answers');
}

const PROBE_TOO_OLD_SECONDS = 180;
const OLD_WAIT_MS = 60_000;

function judgeProbe(probe: (Check & { ageSeconds: number }) | null): Check {
  if (!probe || probe.ageSeconds > PROBE_TOO_OLD_SECONDS) return is('degraded', 'no worker has probed it lately');
  return is(probe.status, probe.reason);
}

function judgeQueue({ waiting, running, workers, oldestWaitMs }: QueueState): Check {
  if (workers === 0)
    return waiting + running > 0
      ? is('unhealthy', 'jobs wait and no worker is there')
      : is('degraded', 'no worker is there');
  if (oldestWaitMs > OLD_WAIT_MS) return is('degraded', 'the oldest job has waited over a minute');
  return is('healthy', 'moves');
}

const SHARES: readonly (readonly [number, HealthState])[] = [
  [0.02, 'unhealthy'],
  [0.1, 'degraded'],
];

function judgeShare(what: string, free: number): Check {
  const state = SHARES.find(([below]) => free < below)?.[1];
  return state ? is(state, `little ${what} is free`) : is('healthy', 'enough is free');
}
