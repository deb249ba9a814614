import type Joi from 'joi';
import { AppError, type FieldError } from '@flashcards/shared/contract/errors';
import type { Validates } from '@flashcards/shared/contract/schema';

const MAX_ERRORS = 50;
const SETTINGS: Joi.ValidationOptions = { abortEarly: false, errors: { label: false, wrap: { label: false } } };

/**
 * Validates many values of one kind. The settings stand in the schema, because Joi works out those of a call each time.
 */
export function validator<T>(schema: Validates<T>, convert = false): (value: unknown, root?: string) => T {
  const prepared = schema.prefs({ ...SETTINGS, convert });
  return (value, root = '') => {
    // Joi takes undefined for a value of any type.
    const validated = prepared.validate(value ?? null);
    if (!validated.error) return validated.value;
    throw invalidRequest(fieldErrors(validated.error, root));
  };
}

/** The validated value with its defaults, or a 422 that names every broken field. `root` starts the pointers. */
export const validate = <T>(schema: Validates<T>, value: unknown, root = '', convert = false): T =>
  validator(schema, convert)(value, root);

/** Says the first problem and how many more there are; `errors` has them all. */
export function invalidRequest(errors: readonly FieldError[]): AppError {
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : ` (and ${others.length} more: see \`errors\`)`;
  const detail = first ? `${nameOf(first.pointer)} ${first.detail}${more}.` : 'The request is not valid.';
  return new AppError('invalid_request', detail, { errors });
}

/** `/options/cards` is `options.cards` to a reader, `/query/limit` is `limit`. */
function nameOf(pointer: string): string {
  const name = pointer.replace(/^\/(query|headers)(?=\/|$)/, '').slice(1);
  return name ? `\`${name.replaceAll('/', '.')}\`` : 'The request';
}

const fieldErrors = (error: Joi.ValidationError, root: string): FieldError[] =>
  error.details.slice(0, MAX_ERRORS).map(({ path, message, type, context = {} }) => ({
    pointer: root + path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join(''),
    detail: DETAILS[type]?.(context) ?? message.replace(/^"[^"]*" /, ''),
  }));

type Context = Readonly<Record<string, unknown>>;
const shown = (value: unknown): string =>
  typeof value === 'number' ? value.toLocaleString('en-US', { maximumFractionDigits: 20 }) : String(value);
const counted = (count: unknown, noun: string): string => `${shown(count)} ${noun}${count === 1 ? '' : 's'}`;
const listed = (values: unknown): string =>
  Array.isArray(values) ? values.map((value) => `\`${String(value)}\``).join(', ') : '';

/** What a client reads of a rule that was broken, where Joi's own words do not say what is allowed and what was found. */
const DETAILS: Readonly<Record<string, (context: Context) => string>> = {
  'any.invalid': ({ value }) => `cannot be \`${String(value)}\``,
  'any.only': ({ valids }) => `must be ${Array.isArray(valids) && valids.length > 1 ? 'one of ' : ''}${listed(valids)}`,
  'any.required': () => 'is required',
  'array.base': () => 'must be a list',
  'array.max': ({ limit, value }) => tooMany(value, limit, 'items'),
  'array.min': ({ limit }) => `must have at least ${counted(limit, 'item')}`,
  'array.unique': () => 'repeats an item before it',
  'boolean.base': () => 'must be true or false',
  'number.integer': ({ value }) => `must be a whole number, not ${shown(value)}`,
  'number.max': ({ limit, value }) => `must be at most ${shown(limit)}, not ${shown(value)}`,
  'number.min': ({ limit, value }) => `must be at least ${shown(limit)}, not ${shown(value)}`,
  'number.positive': ({ value }) => `must be more than 0, not ${shown(value)}`,
  'object.base': () => 'must be an object',
  'object.max': ({ limit }) => `must have at most ${counted(limit, 'field')}`,
  'object.min': ({ limit }) => `must have at least ${counted(limit, 'field')}`,
  'object.unknown': () => 'is not a known field',
  'string.base': () => 'must be a text',
  'string.empty': () => 'must not be empty',
  'string.max': ({ limit, value }) => tooMany(value, limit, 'characters'),
};

function tooMany(value: unknown, limit: unknown, what: string): string {
  const found = typeof value === 'string' || Array.isArray(value) ? shown(value.length) : 'too many';
  return `has ${found} ${what}; at most ${shown(limit)} are allowed`;
}
