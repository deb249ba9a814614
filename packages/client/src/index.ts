export { Flashcards } from './client';
export type { CallOptions, ClientOptions, SubmitOptions, WaitOptions } from './options';
export { ApiError, ConnectionError, WaitTimeoutError } from './failures';
export type { FollowOptions, JobEvent } from './follow';
export { WebhookVerificationError, verifyWebhook } from './webhooks';
export type { VerifyOptions, WebhookEvent } from './webhooks';
export * from './wire';
