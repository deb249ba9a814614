import { type AppError, errorRow } from '@flashcards/shared/contract/errors';

/** RFC 9457. `type` is the section of the error documentation. */
export const problemOf = (error: AppError, requestId: string): object => ({
  type: `/docs/errors#${error.code}`,
  title: errorRow(error.code).title,
  status: errorRow(error.code).status,
  detail: error.message,
  code: error.code,
  request_id: requestId,
  ...(error.details.policy ? { policy: error.details.policy } : {}),
  ...(error.details.errors ? { errors: error.details.errors } : {}),
});
