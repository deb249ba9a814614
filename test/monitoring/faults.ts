import type { Scene } from './scene';

/** What goes wrong, what mends it, who is notified of what, and what may fire beside it because it follows from the fault. */
export interface Fault {
  readonly name: string;
  readonly breaks: (scene: Scene) => unknown;
  readonly mends: (scene: Scene) => unknown;
  readonly receiver: 'pager' | 'tickets';
  readonly alert: string;
  readonly follows?: readonly RegExp[];
}

/** Objectives are missed by any outage, and the slower burns of the same objective come after the fast one. */
const burns = (...objectives: string[]): RegExp => new RegExp(`^(${objectives.join('|')})Burn(Fast|Medium|Slow)$`);
const LATE = burns('Freshness', 'JobSuccess', 'WebhookDelivery');
const OUTAGE = burns('ApiAvailability', 'Acceptance', 'Freshness', 'JobSuccess', 'WebhookDelivery');

export const FAULTS: readonly Fault[] = [
  {
    name: 'no backup was made',
    breaks: ({ stack }) => stack.relabelNode({ backupAgeSeconds: 7_300, certificateDays: 60 }),
    mends: ({ stack }) => stack.relabelNode({ backupAgeSeconds: 60, certificateDays: 60 }),
    receiver: 'tickets',
    alert: 'BackupOld',
  },
  {
    name: 'the certificate ends soon',
    breaks: ({ stack }) => stack.relabelNode({ backupAgeSeconds: 60, certificateDays: 13 }),
    mends: ({ stack }) => stack.relabelNode({ backupAgeSeconds: 60, certificateDays: 60 }),
    receiver: 'tickets',
    alert: 'CertificateExpires',
  },
  {
    name: 'Redis is two thirds full',
    breaks: (scene) => scene.fillRedis(0.63),
    mends: (scene) => scene.emptyRedis(),
    receiver: 'pager',
    alert: 'RedisMemoryHigh',
  },
  {
    name: 'a webhook URL is gone for good',
    breaks: (scene) => scene.submitWithHook(410),
    mends: () => undefined,
    receiver: 'tickets',
    alert: 'WebhookEndpointDisabled',
  },
  {
    name: 'the audit log cannot be written',
    breaks: (scene) => scene.breakAudit(),
    mends: (scene) => scene.mendAudit(),
    receiver: 'tickets',
    alert: 'AuditFailed',
  },
  {
    name: 'the budget of a tenant does not suffice',
    breaks: (scene) => scene.exhaustBudget(),
    mends: (scene) => scene.raiseBudget(),
    receiver: 'tickets',
    alert: 'BudgetExhausted',
    follows: [/^BudgetNearlySpent$/],
  },
  {
    name: 'a client submits more than it may',
    breaks: (scene) => scene.pester(),
    mends: (scene) => scene.rest(),
    receiver: 'tickets',
    alert: 'SubmitsRateLimited',
  },
  {
    name: 'one worker of two is stopped',
    breaks: (scene) => scene.stopWorker(),
    mends: (scene) => scene.startWorker(),
    receiver: 'tickets',
    alert: 'WorkersTooFew',
    follows: [/^TargetDown$/],
  },
  {
    name: 'the model writes cards that the text does not bear',
    breaks: (scene) => scene.upstream({ invented_quotes: 1 }),
    mends: (scene) => scene.upstream({}),
    receiver: 'tickets',
    alert: 'CardsDropped',
  },
  {
    name: 'the model limits us',
    breaks: (scene) => scene.upstream({ '429;retry_after=1': 1 }),
    mends: (scene) => scene.upstream({}),
    receiver: 'tickets',
    alert: 'UpstreamRateLimited',
    follows: [/^QueueStuck$/, LATE],
  },
  {
    name: 'the model refuses our key',
    breaks: (scene) => scene.upstream({ '401': 1 }),
    mends: (scene) => scene.upstream({}),
    receiver: 'pager',
    alert: 'UpstreamAuth',
    follows: [/^JobsFail$/, LATE],
  },
  {
    name: 'the model hangs',
    breaks: (scene) => scene.upstream({ hang_before_headers: 1 }),
    mends: async (scene) => {
      await scene.upstream({});
      await scene.stopWorkers('SIGTERM');
      await scene.startWorkers();
    },
    receiver: 'pager',
    alert: 'QueueStuck',
    follows: [/^TargetDown$/, /^NoWorkers$/, LATE],
  },
  {
    name: 'all workers are killed',
    breaks: (scene) => scene.stopWorkers('SIGKILL'),
    mends: (scene) => scene.startWorkers(),
    receiver: 'pager',
    alert: 'NoWorkers',
    follows: [/^TargetDown$/, /^QueueStuck$/, /^StallRate$/, /^WorkersTooFew$/, LATE],
  },
  {
    name: 'all APIs are killed',
    breaks: (scene) => scene.stopApis(),
    mends: (scene) => scene.startApis(),
    receiver: 'pager',
    alert: 'NoApi',
    follows: [/^TargetDown$/, OUTAGE],
  },
  {
    name: 'Redis is gone',
    breaks: ({ pair }) => pair.redis.stop(),
    mends: ({ pair }) => pair.redis.start(),
    receiver: 'pager',
    alert: 'RedisDown',
    follows: [/^HighErrorRate$/, /^QueueStuck$/, /^StallRate$/, /^NoWorkers$/, /^WorkersTooFew$/, OUTAGE],
  },
];
