import type Joi from 'joi';
import { AppError, type FieldError } from '@flashcards/shared/contract/errors';

const MAX_DEPTH = 8;
const MAX_ERRORS = 50;
const SETTINGS: Joi.ValidationOptions = { abortEarly: false, errors: { label: false, wrap: { label: false } } };

/** The validated value with its defaults, or a 422 that names every broken field. `root` starts the pointers. */
export function validate<T>(schema: Joi.Schema, value: unknown, root = '', convert = false): T {
  const validated = schema.validate(value, { ...SETTINGS, convert });
  const { error } = validated;
  if (!error) return validated.value as T;
  throw new AppError('invalid_request', 'Some fields are not valid.', { errors: fieldErrors(error, root) });
}

const fieldErrors = (error: Joi.ValidationError, root: string): FieldError[] =>
  error.details.slice(0, MAX_ERRORS).map(({ path, message, type }) => ({
    pointer: root + path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join(''),
    detail: DETAILS[type] ?? message.replace(/^"[^"]*" /, ''),
  }));

const DETAILS: Readonly<Record<string, string>> = {
  'object.unknown': 'is not a known field',
  'any.required': 'is required',
  'string.empty': 'must not be empty',
};

/** Refuses what is nested deeper than any request of ours, and prototype keys, before anything walks it. */
export function refuseShape(value: unknown, depth = 0): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= MAX_DEPTH)
    throw new AppError('malformed_request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  // JSON may hold this key as data; what merges it later would change every object of the process.
  if (Object.hasOwn(value, '__proto__'))
    throw new AppError('malformed_request', 'The body has a field named __proto__.');
  for (const inner of Object.values(value)) refuseShape(inner, depth + 1);
}
