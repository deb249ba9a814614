import Joi from 'joi';
import { batchBounds } from '@flashcards/shared/contract/body-bounds';
import { JOB_ERRORS, type JobErrorCode } from '@flashcards/shared/contract/errors';
import { cardEditSchema } from '@flashcards/shared/contract/card-edit';
import { cardSchema, deckSchema } from '@flashcards/shared/contract/deck';
import { EVENT_SCHEMAS } from '@flashcards/shared/contract/events';
import {
  STATUSES,
  type SubmitLimits,
  replacementSchema,
  generateSchema,
  jobSchema,
  submitSchema,
} from '@flashcards/shared/contract/job';
import { deliverySchema } from '@flashcards/shared/contract/delivery';
import { FORMATS } from '@flashcards/shared/formats/index';
import { afterQuery, cardsQuery } from './decks/cards-query';
import type { Endpoint, Handler } from './http/endpoint';
import { cancelJob } from './handlers/jobs/cancel-job';
import { eraseData, erasureSchema } from './handlers/account/erase-data';
import { eraseJob } from './handlers/jobs/erase-job';
import { followJob } from './handlers/jobs/follow-job';
import { generateDeck, generateWaits } from './handlers/jobs/generate-deck';
import { listDeliveries } from './handlers/deliveries/list-deliveries';
import { listJobs } from './handlers/jobs/list-jobs';
import { editCard } from './handlers/cards/edit-card';
import { regenerateCard } from './handlers/cards/regenerate-card';
import { cardsWait, readCards } from './handlers/cards/read-cards';
import { readHealth } from './handlers/status/read-health';
import { readJob } from './handlers/jobs/read-job';
import { readOpenapi } from './handlers/status/read-openapi';
import { readQueue } from './handlers/status/read-queue';
import { readUsage, usageQuery, usageSchema } from './handlers/account/read-usage';
import { redeliver } from './handlers/deliveries/redeliver';
import { retryJob } from './handlers/jobs/retry-job';
import { batchAnswerSchema, batchSchema, submitBatch } from './handlers/jobs/submit-batch';
import { submitJob } from './handlers/jobs/submit-job';
import { healthSchema } from './operations/health';
import { MAX_WAIT_SECONDS, readPrefer } from './http/prefer';

const query = {
  wait: Joi.number()
    .integer()
    .min(0)
    .max(MAX_WAIT_SECONDS)
    .description('Seconds to wait: for the next event after the one of `If-None-Match`, for the end without it.'),
  list: Joi.object({
    status: Joi.string().valid(...STATUSES),
    limit: Joi.number().integer().min(1).max(100).default(20),
    cursor: Joi.string()
      .pattern(/^\d{1,15}\.\d{1,9}$/)
      .description('`next_cursor` of the page before.'),
  }),
};

/** Before its first card a deck has no title, and its language is `und`. */
const growingDeck = deckSchema.keys({ title: Joi.string().allow('').required() });
const eventData = Joi.alternatives(...Object.values(EVENT_SCHEMAS)).description('`data` by the type of the event.');

const job = (description: string) => ({ description, schema: jobSchema });
const REPEAT_HEADERS = {
  'Idempotency-Key': '1 to 255 printable ASCII characters: the same key and body give the same job for 24 h.',
  'Cache-Control': '`no-cache` makes the deck anew, `no-store` also keeps it out of the cache.',
  traceparent: 'W3C trace context: travels to the worker, the model call and the webhook.',
};
const SUBMIT_HEADERS = {
  ...REPEAT_HEADERS,
  Prefer: '`wait=N` holds the answer for up to N (60) seconds until the job ended; `respond-async` does not.',
};
const BATCH_HEADERS = {
  ...REPEAT_HEADERS,
  'Idempotency-Key': 'Each item that has no `idempotency_key` gets one of this key and its place in the list.',
};
const listed = Joi.object({
  jobs: Joi.array().items(jobSchema).required(),
  next_cursor: Joi.string().allow(null).required(),
});
const logged = Joi.object({ deliveries: Joi.array().items(deliverySchema).required() });
const count = Joi.number().min(0).required();
const queueSchema = Joi.object({
  depth: count,
  running: count,
  workers: count,
  oldest_wait_seconds: count,
  eta_seconds: count.description('Until a job that is submitted now should have ended.'),
});

const endpoint = (row: Omit<Endpoint, 'handler'> & { handler: unknown }): Endpoint => ({
  ...row,
  handler: row.handler as Handler,
});
const SUBMIT_ERRORS = [
  'malformed_request', 'gone', 'too_large', 'unsupported_media_type', 'invalid_request',
  'idempotency_mismatch', 'conflict', 'rate_limited', 'quota_exceeded', 'budget_exceeded', 'overloaded', 'queue_unavailable',
] as const; // prettier-ignore
const waitsAsPreferred: Endpoint['waits'] = (input) => readPrefer(input.header('prefer')).waitSeconds;
const BODY_ERRORS = ['malformed_request', 'too_large', 'unsupported_media_type', 'invalid_request'] as const;
const FILES = [...new Set(Object.values(FORMATS).map(({ mediaType }) => mediaType.replace(/;.*/, '')))].slice(1);
const READ_ERRORS = ['not_found', 'gone', 'queue_unavailable'] as const;

/** THE API: one entry an endpoint. */
export const routes = (limits: SubmitLimits): readonly Endpoint[] => [
  endpoint({
    method: 'post', path: '/v1/jobs', scope: 'jobs:write', handler: submitJob,
    summary: 'Submit a text: a job that makes a deck of it',
    body: submitSchema(limits), headers: SUBMIT_HEADERS,
    waits: waitsAsPreferred,
    answers: { 202: job('Accepted; the job will end.'), 200: job('Already done: cached, repeated, or waited for.') },
    errors: SUBMIT_ERRORS,
  }),
  endpoint({
    method: 'post', path: '/v1/jobs/batch', scope: 'jobs:write', handler: submitBatch(limits),
    summary: 'Submit up to 100 texts: one outcome an item, in their order',
    body: batchSchema(limits).checked, documentedBody: batchSchema(limits).documented, bodyBounds: batchBounds(limits.maxTextChars),
    headers: BATCH_HEADERS,
    answers: { 200: { description: 'What became of each item.', schema: batchAnswerSchema } },
    errors: ['malformed_request', 'too_large', 'unsupported_media_type', 'invalid_request', 'queue_unavailable'],
  }),
  endpoint({
    method: 'get', path: '/v1/jobs/{id}', scope: 'jobs:read', handler: readJob,
    summary: 'Read a job, at once or at its next event',
    query: Joi.object({ wait: query.wait }), headers: { 'If-None-Match': 'The `ETag` that is known already.' },
    waits: (input: { query: { wait?: number } }) => input.query.wait ?? 0,
    answers: { 200: job('The job.'), 304: { description: 'Nothing happened since.' } },
    errors: [...READ_ERRORS, 'invalid_request'],
  }),
  endpoint({
    method: 'get', path: '/v1/jobs', scope: 'jobs:read', handler: listJobs,
    summary: "List one's own jobs, newest first, without their decks",
    query: query.list,
    answers: { 200: { description: 'A page.', schema: listed } },
    errors: ['invalid_request', 'queue_unavailable'],
  }),
  endpoint({
    method: 'get', path: '/v1/jobs/{id}/events', scope: 'jobs:read', handler: followJob,
    summary: 'Follow a job: its events as they happen, from any number on',
    query: Joi.object({ after: afterQuery }), headers: { 'Last-Event-ID': 'Number of the last event that was seen; wins over `after`.' },
    answers: {
      200: { description: 'Server-Sent Events: status, progress, card, done.', schema: eventData, type: 'text/event-stream' },
      204: { description: 'The job has ended, and nothing happened after that number.' },
    },
    errors: [...READ_ERRORS, 'invalid_request', 'overloaded'],
  }),
  endpoint({
    method: 'get', path: '/v1/jobs/{id}/cards', scope: 'jobs:read', handler: readCards,
    summary: 'Read or download the deck, or the cards after a number while it is made',
    query: cardsQuery, headers: { Accept: 'A media type in place of `format`.' }, waits: cardsWait,
    answers: { 200: { description: 'The deck without the cards that were rejected, or so much of it as is asked for and there; `ETag` is the number to go on after.', schema: growingDeck, files: FILES } },
    errors: [...READ_ERRORS, 'conflict', 'invalid_request', 'not_acceptable', 'overloaded'],
  }),
  endpoint({
    method: 'patch', path: '/v1/jobs/{id}/cards/{card_id}', scope: 'jobs:write', handler: editCard,
    summary: 'Accept, reject or rewrite a card',
    body: cardEditSchema,
    answers: { 200: { description: 'The card as it is now; its id stays.', schema: cardSchema } },
    errors: [...READ_ERRORS, ...BODY_ERRORS, 'conflict'],
  }),
  endpoint({
    method: 'post', path: '/v1/jobs/{id}/cards/{card_id}/regenerate', scope: 'jobs:write', handler: regenerateCard,
    summary: 'Make a card anew: a job of its own',
    body: replacementSchema(limits), bodyMayBeAbsent: true, headers: SUBMIT_HEADERS,
    waits: (input) => readPrefer(input.header('prefer')).waitSeconds,
    answers: { 202: job('Accepted; `parent` is the job of the card.'), 200: job('Already done: repeated, or waited for.') },
    errors: [...SUBMIT_ERRORS, 'not_found', 'conflict'],
  }),
  endpoint({
    method: 'post', path: '/v1/jobs/{id}/cancel', scope: 'jobs:write', handler: cancelJob,
    summary: 'Cancel a job wherever it is',
    answers: { 200: job('The job, canceled or as it had ended.') },
    errors: [...READ_ERRORS],
  }),
  endpoint({
    method: 'post', path: '/v1/jobs/{id}/retry', scope: 'jobs:write', handler: retryJob,
    summary: 'Run a failed job again, as a new job',
    headers: SUBMIT_HEADERS, waits: waitsAsPreferred,
    answers: { 202: job('The new job; `retry_of` names the one that failed.'), 200: job('The new job has already ended.') },
    errors: ['not_found', 'conflict', 'gone', 'invalid_request', 'idempotency_mismatch', 'conflict', 'rate_limited', 'quota_exceeded', 'budget_exceeded', 'overloaded', 'queue_unavailable'],
  }),
  endpoint({
    method: 'delete', path: '/v1/jobs/{id}', scope: 'data:erase', handler: eraseJob,
    summary: 'Erase a job and every trace of its content',
    answers: { 204: { description: 'Erased.' } },
    errors: ['not_found', 'queue_unavailable'],
  }),
  endpoint({
    method: 'get', path: '/v1/jobs/{id}/deliveries', scope: 'jobs:read', handler: listDeliveries,
    summary: "What was sent to a job's webhook, attempt by attempt",
    answers: { 200: { description: 'The log; empty before the end, and without a webhook.', schema: logged } },
    errors: [...READ_ERRORS],
  }),
  endpoint({
    method: 'post', path: '/v1/jobs/{id}/deliveries/{delivery_id}/redeliver', scope: 'jobs:write', handler: redeliver,
    summary: 'Deliver once more, now',
    answers: { 202: { description: 'The delivery; its attempt follows.', schema: deliverySchema } },
    errors: [...READ_ERRORS, 'conflict'],
  }),
  endpoint({
    method: 'delete', path: '/v1/data', scope: 'data:erase', handler: eraseData,
    summary: "Erase all of one's jobs; until that is done, within a minute, submits are refused with 409",
    answers: { 202: { description: 'It is being done; the receipt goes to the audit log.', schema: erasureSchema } },
    errors: ['queue_unavailable'],
  }),
  endpoint({
    method: 'get', path: '/v1/usage', scope: 'jobs:read', handler: readUsage,
    summary: "One's own use by day, the limits, and what is left of them",
    query: usageQuery,
    answers: { 200: { description: 'The use.', schema: usageSchema } },
    errors: ['invalid_request', 'queue_unavailable'],
  }),
  endpoint({
    method: 'get', path: '/v1/queue', scope: 'public', handler: readQueue,
    summary: 'How long the line is',
    answers: { 200: { description: 'The state of the queue.', schema: queueSchema } },
    errors: ['queue_unavailable'],
  }),
  endpoint({
    method: 'post', path: '/generate', scope: 'jobs:write', handler: generateDeck,
    summary: "The old service's call: a text in, a deck out",
    body: generateSchema(limits), headers: REPEAT_HEADERS, waits: generateWaits,
    answers: { 200: { description: 'The deck.', schema: deckSchema }, 202: job('It takes longer than 30 s.') },
    errors: [...SUBMIT_ERRORS, ...(Object.keys(JOB_ERRORS) as JobErrorCode[])],
  }),
  endpoint({
    method: 'get', path: '/health', scope: 'public', handler: readHealth,
    summary: 'Deep check of everything the service stands on',
    answers: {
      200: { description: 'Healthy or degraded.', schema: healthSchema },
      503: { description: 'Unhealthy.', schema: healthSchema },
    },
    errors: [],
  }),
  endpoint({
    method: 'get', path: '/openapi.json', scope: 'public', handler: readOpenapi,
    summary: 'This document',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: Joi.object().unknown() } },
    errors: [],
  }),
]; // prettier-ignore
