import type { JobErrorCode } from '@flashcards/shared/contract/errors';
import type { ModelProbe } from '@flashcards/shared/store/model-probe';

/** What a model is to us. Only an adapter, such as `openrouter/`, knows how an API says it. */
export interface Model {
  /** Whose API it is, for traces. */
  readonly api: string;
  /** The models a call may reach, the primary first. */
  readonly models: readonly string[];
  /** One completion, streamed. Rejects with a ModelError, or with what `onContent` threw. Never repeats a call that may be billed. */
  complete(request: CompletionRequest, options: CompletionOptions): Promise<Completion>;
  /** Whether calls can work now, without making one. Ask at most once a minute. */
  probe(signal: AbortSignal): Promise<ModelProbe>;
  /** What a call cost that was given up, by its id; null while that is not known. */
  bill(generationId: string, signal: AbortSignal): Promise<ModelUsage | null>;
  /** Closes all connections; calls that run fail. */
  close(): void;
}

export interface CompletionRequest {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  /** One of the model's `models`: asked first, before the others. */
  readonly model?: string;
  readonly maxTokens: number;
  /** A JSON schema in strict form. Pass the same object each time: its text is kept with it. */
  readonly schema: object;
  /** A pseudonym, never a name or an address. */
  readonly user: string;
  readonly traceparent?: string;
}

export interface CompletionOptions {
  /** Aborts the call and closes its connection. */
  readonly signal: AbortSignal;
  /** Called for each piece of content, in order; what it throws ends the call. */
  onContent(delta: string): void;
}

export interface Completion {
  /** The model that answered: it may be a fallback or a dated snapshot. */
  readonly model: string;
  readonly provider: string | null;
  readonly generationId: string | null;
  /** `stop`, `length` (cut: only whole cards count), `tool_calls` or `unknown`. */
  readonly finishReason: string;
  readonly usage: ModelUsage;
  /** The way the format was asked for: `json_schema`, `json_object` or `text`. */
  readonly responseFormat: string;
  /** From the start of the call; equal to `durationMs` when no content came. */
  readonly firstContentMs: number;
  readonly durationMs: number;
}

/** Tokens and US dollars of one call; `cost_usd` is null while unknown. */
export interface ModelUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number | null;
}

/** A call of which only this is known: it may have cost something. */
export const UNKNOWN_USAGE: ModelUsage = { input_tokens: 0, output_tokens: 0, cost_usd: null };

/**
 * What to do about a failed call:
 * - `never`: the same call fails again; - `backoff`: repeat later, growing;
 * - `pause`: nobody calls this model before `retryAfterMs`; - `change`: repeat with less text, fewer cards or another model.
 */
export type ModelAction = 'never' | 'backoff' | 'pause' | 'change';
export type Billed = 'no' | 'yes' | 'maybe';

/** What is decided about a failure. */
export interface Rule {
  readonly code: JobErrorCode;
  readonly action: ModelAction;
  readonly billed: Billed;
  /** One word from a closed set, for logs and metrics. */
  readonly reason: string;
}
export type RuleParts = readonly [code: JobErrorCode, action: ModelAction, billed: Billed];

export const rule = (reason: string, [code, action, billed]: RuleParts): Rule => ({ code, action, billed, reason });

/**
 * A failed call. It carries words from closed sets and numbers only. Nothing of a prompt, an answer or a key can be in
 * it, so it has no `cause`.
 */
export class ModelError extends Error {
  readonly code: JobErrorCode;
  readonly action: ModelAction;
  readonly billed: Billed;
  readonly reason: string;
  /** What the call cost or may have cost; null when nothing was spent. */
  readonly usage: ModelUsage | null;

  constructor(
    decided: Rule,
    readonly retryAfterMs: number | null = null,
    usage: ModelUsage | null = null,
    /** The call's id at the model's API, where it gave one: its bill may be asked for. */
    readonly generationId: string | null = null,
  ) {
    super(`The model call failed: ${decided.reason}`);
    this.name = 'ModelError';
    this.code = decided.code;
    this.action = decided.action;
    this.reason = decided.reason;
    this.billed = billedWith(usage, decided.billed);
    this.usage = usage ?? (this.billed === 'no' ? null : UNKNOWN_USAGE);
  }

  /** The same failure of a call that has an id. */
  ofCall(generationId: string | null): ModelError {
    return new ModelError(this, this.retryAfterMs, this.usage, generationId);
  }
}

function billedWith(usage: ModelUsage | null, otherwise: Billed): Billed {
  if (usage === null || usage.cost_usd === null) return otherwise;
  return usage.cost_usd > 0 ? 'yes' : 'no';
}
