import type { SubmitLimits } from '@flashcards/shared/contract/job';
import { eraseData, readErasure } from './handlers/account/erase-data';
import { readUsage } from './handlers/account/read-usage';
import { createKey, listKeys, revokeKey, rotateKey } from './handlers/admin/keys';
import { rotateSecret, setLimits } from './handlers/admin/tenants';
import { editCard } from './handlers/cards/edit-card';
import { readCards } from './handlers/cards/read-cards';
import { regenerateCard } from './handlers/cards/regenerate-card';
import { listDeliveries } from './handlers/deliveries/list-deliveries';
import { redeliver } from './handlers/deliveries/redeliver';
import { cancelJob } from './handlers/jobs/cancel-job';
import { eraseJob } from './handlers/jobs/erase-job';
import { followJob } from './handlers/jobs/follow-job';
import { generateDeck } from './handlers/jobs/generate-deck';
import { listJobs } from './handlers/jobs/list-jobs';
import { readJob } from './handlers/jobs/read-job';
import { retryJob } from './handlers/jobs/retry-job';
import { submitBatch } from './handlers/jobs/submit-batch';
import { submitJob } from './handlers/jobs/submit-job';
import { readHealth } from './handlers/status/read-health';
import { readOpenapi } from './handlers/status/read-openapi';
import { readQueue } from './handlers/status/read-queue';
import type { Endpoint } from './http/endpoint';

/** THE API: one row an endpoint, beside its handler. The document and its pages keep this order. */
export const routes = (limits: SubmitLimits): readonly Endpoint[] => [
  submitJob(limits),
  submitBatch(limits),
  readJob,
  listJobs,
  followJob,
  readCards,
  editCard,
  regenerateCard(limits),
  cancelJob,
  retryJob,
  eraseJob,
  listDeliveries,
  redeliver,
  eraseData,
  readErasure,
  readUsage,
  readQueue,
  generateDeck(limits),
  readHealth,
  readOpenapi,
];

/** What operators do, on the operations port alone, with a key that has the scope `admin`. */
export const adminRoutes: readonly Endpoint[] = [listKeys, createKey, rotateKey, revokeKey, rotateSecret, setLimits];
