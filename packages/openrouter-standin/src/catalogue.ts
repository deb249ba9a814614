/** One model of the catalogue. Prices are US dollars a token. */
export interface Model {
  readonly id: string;
  readonly provider: string;
  readonly contextTokens: number;
  readonly maxOutputTokens: number;
  readonly promptUsd: number;
  readonly completionUsd: number;
  readonly parameters: readonly string[];
  /** Has an endpoint that stores nothing. */
  readonly zdr: boolean;
  readonly reasoning: 'none' | 'optional' | 'mandatory';
  readonly expirationDate: string | null;
  /** Refuses schemas outside OpenAI's strict subset. */
  readonly strictSchema: boolean;
  readonly content: ContentMode;
}

export type ContentMode = 'extractive' | 'canned' | 'noisy';

const BASE = ['max_tokens', 'stop', 'seed'];
const FULL = [...BASE, 'temperature', 'top_p', 'response_format', 'structured_outputs'];
const NO_TEMPERATURE = [...BASE, 'response_format', 'structured_outputs', 'reasoning'];

const model = (id: string, provider: string, given: Partial<Model> = {}): Model => ({
  id,
  provider,
  contextTokens: 131_072,
  maxOutputTokens: 16_384,
  promptUsd: 0.15e-6,
  completionUsd: 0.6e-6,
  parameters: FULL,
  zdr: true,
  reasoning: 'none',
  expirationDate: null,
  strictSchema: false,
  content: 'extractive',
  ...given,
});

/** The models of the stand-in. `sim/…` names are models too, created on demand. */
export const CATALOGUE: readonly Model[] = [
  model('standin/extractive', 'Standin', { strictSchema: true }),
  model('standin/canned', 'Standin', { content: 'canned' }),
  model('standin/noisy', 'Standin', { content: 'noisy' }),
  model('openai/gpt-4o-mini', 'OpenAI', { strictSchema: true }),
  model('openai/gpt-4.1-nano', 'OpenAI', {
    strictSchema: true,
    promptUsd: 0.1e-6,
    completionUsd: 0.4e-6,
    contextTokens: 1_047_576,
  }),
  model('openai/gpt-5.6-luna', 'Azure', {
    strictSchema: true,
    promptUsd: 0.2e-6,
    completionUsd: 1.2e-6,
    parameters: NO_TEMPERATURE,
    reasoning: 'optional',
    contextTokens: 1_050_000,
  }),
  model('google/gemini-3.1-flash-lite', 'Google', {
    promptUsd: 0.25e-6,
    completionUsd: 1.5e-6,
    contextTokens: 1_048_576,
  }),
  model('mistralai/mistral-small-2603', 'Mistral', { contextTokens: 262_144 }),
  model('mistralai/ministral-8b-2512', 'Mistral', { completionUsd: 0.15e-6, contextTokens: 262_144 }),
  model('meta-llama/llama-3.3-70b-instruct', 'DeepInfra', { promptUsd: 0.1e-6, completionUsd: 0.32e-6 }),
  model('deepseek/deepseek-v4-flash', 'DeepSeek', {
    promptUsd: 0.1e-6,
    completionUsd: 0.2e-6,
    reasoning: 'optional',
    zdr: false,
  }),
  model('openai/gpt-oss-120b', 'DeepInfra', { promptUsd: 0.03e-6, reasoning: 'mandatory' }),
  model('google/gemini-2.5-flash', 'Google', { expirationDate: '2026-10-20' }),
  model('google/gemma-4-31b-it:free', 'Google AI Studio', {
    promptUsd: 0,
    completionUsd: 0,
    zdr: false,
    parameters: [...BASE, 'response_format'],
  }),
];

const BY_ID = new Map(CATALOGUE.map((entry) => [entry.id, entry]));

/** What a model slug says: the model, how long it should take, and a scenario with its parameters. */
export interface Slug {
  readonly model: Model | null;
  readonly latencyMs: number | null;
  readonly scenario: string | null;
}

const LATENCY_SUFFIX = /-(\d{1,7})ms$/;
const VARIANT = /:(?:nitro|floor|exacto|extended)$/;

function readSlug(slug: string): Slug {
  const [name = '', ...params] = slug.split(';');
  const latency = LATENCY_SUFFIX.exec(name);
  const plain = name.replace(LATENCY_SUFFIX, '');
  const latencyMs = latency ? Number(latency[1]) : null;
  if (plain.startsWith('sim/')) {
    const content = params.find((param) => param.startsWith('content='))?.slice('content='.length);
    const served = BY_ID.get(`standin/${content ?? 'extractive'}`) ?? model(slug, 'Standin');
    return {
      model: { ...served, id: slug, strictSchema: false },
      latencyMs,
      scenario: [plain.slice(4), ...params].join(';'),
    };
  }
  const known = BY_ID.get(plain) ?? BY_ID.get(plain.replace(VARIANT, ''));
  const scenario = params.length > 0 ? ['ok', ...params].join(';') : null;
  return { model: known ? { ...known, id: slug } : null, latencyMs, scenario };
}

const SLUGS_KEPT = 500;
const slugs = new Map<string, Slug>();

/** Reads a model slug. Cached, because a load test uses the same one many times. */
export function slugOf(slug: string): Slug {
  const known = slugs.get(slug);
  if (known) return known;
  if (slugs.size >= SLUGS_KEPT) slugs.clear();
  const read = readSlug(slug);
  slugs.set(slug, read);
  return read;
}

/** A model for an unknown name, when the configuration accepts any name. */
export const unlistedModel = (id: string): Model => model(id, 'Standin');

const modality = {
  modality: 'text->text',
  input_modalities: ['text'],
  output_modalities: ['text'],
  tokenizer: 'Other',
  instruct_type: null,
};

/** The model as `GET /models` shows it. */
export const modelJson = (entry: Model) => ({
  id: entry.id,
  canonical_slug: entry.id,
  name: entry.id,
  created: 1_760_000_000,
  description: 'Served by the stand-in.',
  context_length: entry.contextTokens,
  architecture: modality,
  pricing: { prompt: String(entry.promptUsd), completion: String(entry.completionUsd), request: '0', image: '0' },
  top_provider: {
    context_length: entry.contextTokens,
    max_completion_tokens: entry.maxOutputTokens,
    is_moderated: false,
  },
  per_request_limits: null,
  supported_parameters: entry.parameters,
  default_parameters: {},
  supported_voices: null,
  expiration_date: entry.expirationDate,
  links: { details: `/api/v1/models/${entry.id}/endpoints` },
  ...(entry.reasoning === 'none' ? {} : { reasoning: { mandatory: entry.reasoning === 'mandatory' } }),
});

/** One endpoint of a model as `GET /models/{author}/{slug}/endpoints` and `GET /endpoints/zdr` show it. */
export const endpointJson = (entry: Model) => ({
  name: `${entry.provider} | ${entry.id}`,
  model_id: entry.id,
  model_name: entry.id,
  provider_name: entry.provider,
  tag: entry.provider.toLowerCase().replace(/\s+/g, '-'),
  quantization: null,
  context_length: entry.contextTokens,
  max_prompt_tokens: null,
  max_completion_tokens: entry.maxOutputTokens,
  pricing: { prompt: String(entry.promptUsd), completion: String(entry.completionUsd) },
  supported_parameters: entry.parameters,
  status: 0,
  uptime_last_30m: 100,
  latency_last_30m: null,
  throughput_last_30m: null,
  supports_implicit_caching: false,
});
