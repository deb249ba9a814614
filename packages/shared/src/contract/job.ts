import { keysOf } from './schema';
import { Joi } from './text';
import { tagSchema } from './card-edit';
import { CARD_TYPES, type CardType, type Result, type Usage, resultSchema, usageSchema } from './deck';
import type { Ranges } from '../security/addresses';
import { type Webhook, webhookSchema } from './webhook';
import { JOB_ERRORS, type JobErrorCode } from './errors';

export const STATUSES = ['queued', 'running', 'completed', 'failed', 'canceled'] as const;
export type Status = (typeof STATUSES)[number];
export const isTerminal = (status: Status): boolean => status !== 'queued' && status !== 'running';

/** Who goes first within a tenant. */
export const PRIORITIES = ['interactive', 'standard', 'bulk'] as const;
export type Priority = (typeof PRIORITIES)[number];

export const DIFFICULTIES = ['easy', 'medium', 'hard'] as const;
export const ANSWER_LENGTHS = ['short', 'medium', 'detailed'] as const;

/** The client's options for the deck. After validation every field has a value, but for the optional ones. */
export interface Options {
  readonly cards: number;
  readonly types: readonly CardType[];
  /** `auto` or a BCP-47 tag. */
  readonly language: string;
  readonly difficulty: (typeof DIFFICULTIES)[number];
  readonly answer_length: (typeof ANSWER_LENGTHS)[number];
  readonly focus?: string;
  readonly title?: string;
  readonly tags?: readonly string[];
  readonly model?: string;
}

/** The body of a submit. */
export interface Submit {
  readonly text: string;
  readonly options: Options;
  readonly webhook?: Webhook;
  readonly priority: Priority;
  readonly deadline_seconds: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface Progress {
  readonly stage: 'queued' | 'generating' | 'done';
  readonly cards: number;
  readonly cards_wanted: number;
  readonly percent: number;
}

export interface JobError {
  readonly code: JobErrorCode;
  readonly message: string;
  readonly retryable: boolean;
}

/** Whether a job's deck was made for it, was stored already, or is made for an identical job. */
export const CACHE_OUTCOMES = ['miss', 'hit', 'collapsed'] as const;

/** A job as its client sees it. Times are RFC 3339 in UTC with milliseconds. */
export interface Job {
  readonly id: string;
  readonly status: Status;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly expires_at: string | null;
  readonly attempts: number;
  readonly progress: Progress;
  readonly queue: { readonly position: number; readonly eta_seconds: number };
  readonly cache: (typeof CACHE_OUTCOMES)[number];
  readonly retry_of: string | null;
  readonly parent: string | null;
  /** W3C trace context: the trace in which it was submitted. */
  readonly trace_id: string | null;
  readonly result: Result | null;
  readonly usage: Usage;
  readonly error: JobError | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly links: Readonly<Record<'self' | 'events' | 'cards' | 'cancel', string>>;
}

export const ID_PATTERN = /^[a-z0-9_-]{8,64}$/;
export const DEFAULT_OPTIONS: Options = {
  cards: 10,
  types: ['basic', 'cloze'],
  language: 'auto',
  difficulty: 'medium',
  answer_length: 'medium',
};

const LANGUAGE = /^(auto|[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)$/;

/** In Unicode code points. */
export const MAX_FOCUS = 300;
export const MAX_TITLE = 200;

const focusSchema = Joi.string().maxCodePoints(MAX_FOCUS).plain();

export interface SubmitLimits {
  readonly maxTextChars: number;
  readonly maxCards: number;
  /** Models a client may choose, the default one first. */
  readonly models: readonly string[];
  /** Inner ranges that webhooks may reach; undefined where there are no webhooks. */
  readonly webhooks?: Ranges | undefined;
}

/** The schema of a submit's body under the limits of this deployment. Unknown fields are errors. */
export function submitSchema(limits: SubmitLimits) {
  return Joi.object<Submit>({
    text: textSchema(limits.maxTextChars),
    options: optionsSchema(limits),
    webhook: webhookSchema(limits.webhooks),
    priority: Joi.string()
      .valid(...PRIORITIES)
      .default('standard')
      .description("The order among the caller's own waiting jobs."),
    deadline_seconds: Joi.number()
      .integer()
      .min(1)
      .max(86_400)
      .default(600)
      .description('A job that has not ended after so many seconds fails.'),
    metadata: Joi.object()
      .pattern(Joi.string().min(1).maxCodePoints(64).plain(), Joi.string().allow('').maxCodePoints(256).plain())
      .max(16)
      .description('Your own labels, returned with the job.'),
  });
}

const textSchema = (maxTextChars: number) =>
  Joi.string()
    .min(1)
    .maxCodePoints(maxTextChars)
    .plain()
    .pattern(/\S/u, { name: 'contains only white space' })
    .required()
    .description('The text to learn, as plain text or Markdown. Its length counts Unicode code points.');

/** The body of the old service's call. */
export const generateSchema = (limits: SubmitLimits) => Joi.object({ text: textSchema(limits.maxTextChars) });

/** The body of a request for another version of a card. */
export const replacementSchema = (limits: SubmitLimits) =>
  Joi.object({
    text: textSchema(limits.maxTextChars)
      .optional()
      .description("The text to make the card from, such as the deck's own text. Without it: the card's quote."),
    focus: focusSchema.description('What to change, in a few words: `shorter`, `ask for the year`.'),
  });

function optionsSchema(limits: SubmitLimits) {
  const schema = Joi.object<Options>({
    cards: Joi.number().integer().min(1).max(limits.maxCards).default(Math.min(DEFAULT_OPTIONS.cards, limits.maxCards)),
    types: Joi.array()
      .items(Joi.string().valid(...CARD_TYPES))
      .min(1)
      .unique()
      .default(DEFAULT_OPTIONS.types),
    language: Joi.string()
      .pattern(LANGUAGE, { name: 'must be `auto` or a tag such as `en` or `zh-Hans`' })
      .default(DEFAULT_OPTIONS.language)
      .description('The language of the cards: a BCP-47 tag, or `auto` for the language of the text.'),
    difficulty: Joi.string()
      .valid(...DIFFICULTIES)
      .default(DEFAULT_OPTIONS.difficulty),
    answer_length: Joi.string()
      .valid(...ANSWER_LENGTHS)
      .default(DEFAULT_OPTIONS.answer_length),
    focus: focusSchema.description('What the cards should be about.'),
    title: Joi.string()
      .maxCodePoints(MAX_TITLE)
      .plain()
      .description('The title of the deck. Without it: one from the text.'),
    tags: Joi.array().items(tagSchema).max(16).unique().description('Tags of every card.'),
    model: Joi.string()
      .valid(...limits.models)
      .description('The model to ask, one of those that the server allows.'),
  }).description('Options of the deck.');
  // Made once: Joi would put them together field by field, for each submit that has no options.
  const defaults = schema.validate({});
  if (defaults.error) throw defaults.error;
  return schema.default(() => defaults.value);
}

const time = () => Joi.string().isoDate();

export const jobSchema = Joi.object<Job>({
  id: Joi.string().pattern(ID_PATTERN, { name: 'must be the id of a job' }).required(),
  status: Joi.string()
    .valid(...STATUSES)
    .required(),
  created_at: time().required(),
  started_at: time().allow(null).required(),
  finished_at: time().allow(null).required(),
  expires_at: time().allow(null).required(),
  attempts: Joi.number().integer().min(0).required(),
  progress: Joi.object({
    stage: Joi.string().valid('queued', 'generating', 'done').required(),
    cards: Joi.number().integer().min(0).required(),
    cards_wanted: Joi.number().integer().min(1).required(),
    percent: Joi.number().integer().min(0).max(100).required(),
  }).required(),
  queue: Joi.object({
    position: Joi.number()
      .integer()
      .min(0)
      .required()
      .description('Its number among all waiting jobs, in the order in which they start. 0 once a worker has it.'),
    eta_seconds: Joi.number().min(0).required().description('Estimated seconds until it ends.'),
  }).required(),
  cache: Joi.string()
    .valid(...CACHE_OUTCOMES)
    .required()
    .description('`hit`: the deck was stored already. `collapsed`: the job shares the call of an identical job.'),
  retry_of: Joi.string().allow(null).required().description('The failed job that this job repeats.'),
  parent: Joi.string()
    .allow(null)
    .required()
    .description('The job with the card of which this job makes another version.'),
  trace_id: Joi.string()
    .pattern(/^[0-9a-f]{32}$/, { name: 'must be the id of a trace' })
    .allow(null)
    .required()
    .description('The trace of its submit (W3C trace context). Null where there is none.'),
  result: resultSchema.allow(null).required(),
  usage: usageSchema.required(),
  error: Joi.object({
    code: Joi.string()
      .valid(...keysOf(JOB_ERRORS))
      .required(),
    message: Joi.string().required(),
    retryable: Joi.boolean().required(),
  })
    .allow(null)
    .required(),
  metadata: Joi.object().pattern(Joi.string(), Joi.string().allow('')).required(),
  links: Joi.object({
    self: Joi.string().required(),
    events: Joi.string().required(),
    cards: Joi.string().required(),
    cancel: Joi.string().required(),
  }).required(),
});
