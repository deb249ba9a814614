import type Joi from 'joi';
import { AppError, type FieldError } from '@flashcards/shared/contract/errors';

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
