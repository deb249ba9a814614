import { ApiError, WaitTimeoutError } from './failures';
import { type FollowOptions, type JobEvent, followJob } from './follow';
import { type Call, type Connection, send } from './requests';
import { MAX_WAIT_SECONDS, isTerminal } from './wire';
import type {
  Replacement,
  BatchItem,
  BatchOutcome,
  Card,
  CardEdit,
  Deck,
  Delivery,
  Erasure,
  FileOptions,
  Format,
  Job,
  JobPage,
  JobsQuery,
  QueueState,
  SubmitRequest,
  UsageQuery,
  UsageReport,
} from './wire';

export interface ClientOptions {
  /** Where the API is. Without it: this page's own origin. */
  readonly baseUrl?: string;
  /** `fck_…`; a function is asked before every request. */
  readonly apiKey?: string | (() => string | undefined);
  /** Tries beside the first, where a repeat may help; 4 by default. */
  readonly retries?: number;
  /** What one try may take, beside what the server was asked to wait; 30 by default. */
  readonly timeoutSeconds?: number;
  readonly fetch?: typeof fetch;
}

export interface CallOptions {
  readonly signal?: AbortSignal;
}

export interface SubmitOptions extends CallOptions {
  /** Made by `submit` when it is not given: give one to survive a restart of your own program. */
  readonly idempotencyKey?: string;
  /** Answer with the finished job if it ends within so many seconds, at most 60. */
  readonly waitSeconds?: number;
  /** `no-cache`: make it anew. `no-store`: also keep it out of the cache. */
  readonly cache?: 'no-cache' | 'no-store';
}

export interface WaitOptions extends CallOptions {
  /** Limit of the whole wait; 600 by default. Past it: `WaitTimeoutError`, and the job goes on. */
  readonly timeoutSeconds?: number;
  /** Told after every change of the job. */
  readonly onChange?: (job: Job) => void;
}

/**
 * The AI Flashcard Generator's client, for Node 20.19+ and browsers.
 *
 * Every method may throw `ApiError` (the API refused), `ConnectionError` (no answer in any try) or the reason of its
 * `signal`. Requests are repeated when a repeat may help: reads as they are, whatever makes a job with an idempotency key
 * of its own, so a repeat never makes and never pays for a second one.
 */
export class Flashcards {
  readonly #connection: Connection;

  constructor({ baseUrl = '', apiKey, retries = 4, timeoutSeconds = 30, fetch: given }: ClientOptions = {}) {
    this.#connection = {
      baseUrl: baseUrl.replace(/\/+$/, ''),
      fetch: given ?? ((...request) => fetch(...request)),
      apiKey: typeof apiKey === 'function' ? apiKey : () => apiKey,
      retries,
      timeoutSeconds,
    };
  }

  /** Submits a text and returns its job, which may have ended already (`cache: "hit"`). */
  submit(request: SubmitRequest, options: SubmitOptions = {}): Promise<Job> {
    const waitSeconds = Math.min(options.waitSeconds ?? 0, MAX_WAIT_SECONDS);
    return this.#create('/v1/jobs', request, options.idempotencyKey, {
      signal: options.signal,
      waitSeconds,
      headers: {
        ...(waitSeconds > 0 ? { Prefer: `wait=${waitSeconds}` } : {}),
        ...(options.cache ? { 'Cache-Control': options.cache } : {}),
      },
    });
  }

  /** Submits up to 100 texts, and says of each what became of it, in their order: one that is refused refuses no other. */
  async batch(jobs: readonly BatchItem[], options: Omit<SubmitOptions, 'waitSeconds'> = {}): Promise<BatchOutcome[]> {
    const headers = {
      'Idempotency-Key': options.idempotencyKey ?? crypto.randomUUID(),
      ...(options.cache ? { 'Cache-Control': options.cache } : {}),
    };
    const call: Call = { method: 'POST', path: '/v1/jobs/batch', body: { jobs }, headers, signal: options.signal };
    return (await this.#json<{ items: BatchOutcome[] }>(call)).items;
  }

  /** A job as it is now. */
  job(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#json<Job>({ path: pathOf(id), signal: options.signal });
  }

  /** One's own jobs, newest first, without their decks. */
  jobs(query: JobsQuery = {}, options: CallOptions = {}): Promise<JobPage> {
    return this.#json<JobPage>({ path: '/v1/jobs', query: { ...query }, signal: options.signal });
  }

  /** The job once it ended, however it ended: look at its `status`. Held by the server, not asked again and again. */
  async wait(id: string, { timeoutSeconds = 600, signal, onChange }: WaitOptions = {}): Promise<Job> {
    const until = Date.now() + timeoutSeconds * 1_000;
    for (let etag: string | undefined; ;) {
      const left = Math.ceil((until - Date.now()) / 1_000);
      // Who wants to hear of changes hears of the present first; without an ETag the server holds on until the end.
      const hold = onChange && etag === undefined ? 0 : Math.max(0, Math.min(left, MAX_WAIT_SECONDS));
      const read = await this.#next(id, { etag: onChange ? etag : undefined, waitSeconds: hold, signal });
      if (read.job) {
        if (read.etag !== etag) onChange?.(read.job);
        if (isTerminal(read.job.status)) return read.job;
      }
      etag = read.etag;
      if (Date.now() >= until) throw new WaitTimeoutError(id, timeoutSeconds);
    }
  }

  /** Submits, waits for the end, and returns the job. */
  async make(request: SubmitRequest, options: SubmitOptions & WaitOptions = {}): Promise<Job> {
    const job = await this.submit(request, options);
    return isTerminal(job.status) ? job : this.wait(job.id, options);
  }

  /**
   * What happens to a job, event by event, until its `done`: each card as soon as it is kept. Breaks are taken up again
   * by themselves. Leave the loop, or abort the signal, to stop; the job goes on.
   */
  stream(id: string, options: FollowOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    const { signal } = options;
    let early = true;
    return followJob(this.#connection, id, options, {
      next: async (known) => {
        for (let etag = known; ;) {
          const read = await this.#next(id, { etag, waitSeconds: etag ? MAX_WAIT_SECONDS : 0, signal });
          if (read.job) return { job: read.job, etag: read.etag };
          etag = read.etag;
        }
      },
      cards: async (job) => {
        if (job.result) return job.result.deck.cards;
        if (!early || job.progress.cards === 0 || isTerminal(job.status)) return [];
        const cards = await this.#cardsSoFar(job.id, signal);
        early = cards !== undefined;
        return cards ?? [];
      },
    });
  }

  /** The deck. */
  async deck(id: string, options: CallOptions = {}): Promise<Deck> {
    return this.#json<Deck>({ path: `${pathOf(id)}/cards`, query: { format: 'json' }, signal: options.signal });
  }

  /** The deck as a file without the rejected cards, and the name the server proposes for it. */
  async cards(
    id: string,
    format: Format,
    options: FileOptions & CallOptions = {},
  ): Promise<{ bytes: Uint8Array; name: string }> {
    const { signal, ...wishes } = options;
    const response = await send(this.#connection, {
      path: `${pathOf(id)}/cards`,
      query: { format, ...wishes },
      signal,
    });
    return { bytes: new Uint8Array(await response.arrayBuffer()), name: nameIn(response.headers) ?? `deck.${format}` };
  }

  /** Changes, accepts or rejects a card; its id stays. */
  changeCard(id: string, card: string, edit: CardEdit, options: CallOptions = {}): Promise<Card> {
    const path = `${pathOf(id)}/cards/${encodeURIComponent(card)}`;
    return this.#json<Card>({ method: 'PATCH', path, body: edit, signal: options.signal });
  }

  /** Makes a card anew: a job of its own, whose deck is the other version. The card stays until `changeCard`. */
  regenerateCard(
    id: string,
    card: string,
    { focus, text, ...options }: Replacement & SubmitOptions = {},
  ): Promise<Job> {
    const path = `${pathOf(id)}/cards/${encodeURIComponent(card)}/regenerate`;
    return this.#create(path, { focus, text }, options.idempotencyKey, { signal: options.signal });
  }

  /** Runs a failed job again, as a new job. */
  retry(id: string, options: SubmitOptions = {}): Promise<Job> {
    return this.#create(`${pathOf(id)}/retry`, undefined, options.idempotencyKey, { signal: options.signal });
  }

  /** Cancels a job wherever it runs. One that had ended is returned as it is. */
  cancel(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#json<Job>({ method: 'POST', path: `${pathOf(id)}/cancel`, signal: options.signal });
  }

  /** Erases a job and all of its content. */
  async erase(id: string, options: CallOptions = {}): Promise<void> {
    let tries = 0;
    const call: Call = { method: 'DELETE', path: pathOf(id), signal: options.signal, onTry: () => (tries += 1) };
    try {
      await send(this.#connection, call);
    } catch (error) {
      // A first try that went unheard may well have done it.
      if (!(error instanceof ApiError && error.status === 404 && tries > 1)) throw error;
    }
  }

  /** Erases all of one's jobs. It is done within a minute; what stays is named. */
  eraseAll(options: CallOptions = {}): Promise<Erasure> {
    return this.#json<Erasure>({ method: 'DELETE', path: '/v1/data', signal: options.signal });
  }

  /** What a job's webhook was sent; empty before the end, and without a webhook. */
  async deliveries(id: string, options: CallOptions = {}): Promise<Delivery[]> {
    const call = { path: `${pathOf(id)}/deliveries`, signal: options.signal };
    return (await this.#json<{ deliveries: Delivery[] }>(call)).deliveries;
  }

  /** Sends it once more, now, also to a URL that gets no attempts by itself. At least once: a receiver may get it twice. */
  async redeliver(id: string, delivery: string, options: CallOptions = {}): Promise<Delivery> {
    let tries = 0;
    const path = `${pathOf(id)}/deliveries/${encodeURIComponent(delivery)}/redeliver`;
    try {
      return await this.#json<Delivery>({
        method: 'POST',
        path,
        signal: options.signal,
        onTry: () => (tries += 1),
      });
    } catch (error) {
      // A first try that went unheard is why an attempt is being made.
      if (!(error instanceof ApiError && error.status === 409 && tries > 1)) throw error;
      const found = (await this.deliveries(id, options)).find((one) => one.id === delivery);
      if (!found) throw error;
      return found;
    }
  }

  /** One's own use by day, at most 31 of them, the limits, and what is left. */
  usage(query: UsageQuery = {}, options: CallOptions = {}): Promise<UsageReport> {
    return this.#json<UsageReport>({ path: '/v1/usage', query: { ...query }, signal: options.signal });
  }

  /** How long the line is. */
  queue(options: CallOptions = {}): Promise<QueueState> {
    return this.#json<QueueState>({ path: '/v1/queue', signal: options.signal });
  }

  async #json<T>(call: Call): Promise<T> {
    const response = await send(this.#connection, call);
    return (await response.json()) as T;
  }

  #create(path: string, body: unknown, key: string | undefined, call: Partial<Call>): Promise<Job> {
    const headers = { 'Idempotency-Key': key ?? crypto.randomUUID(), ...call.headers };
    return this.#json<Job>({ ...call, method: 'POST', path, body, headers });
  }

  /** The job at its next event after `etag`, or at its end without one; no job when `waitSeconds` brought nothing new. */
  async #next(
    id: string,
    { etag, waitSeconds, signal }: { etag: string | undefined; waitSeconds: number; signal: AbortSignal | undefined },
  ): Promise<{ job?: Job; etag: string | undefined }> {
    const response = await send(this.#connection, {
      path: pathOf(id),
      query: { wait: waitSeconds },
      headers: etag === undefined ? {} : { 'If-None-Match': etag },
      waitSeconds,
      signal,
      accept: [304],
    });
    const tag = response.headers.get('etag') ?? etag;
    return response.status === 304 ? { etag: tag } : { job: (await response.json()) as Job, etag: tag };
  }

  /** Cards of a job that runs; undefined where the server shows none before the end. */
  async #cardsSoFar(id: string, signal: AbortSignal | undefined): Promise<readonly Card[] | undefined> {
    const query = { format: 'json', after: 0 };
    const response = await send(this.#connection, { path: `${pathOf(id)}/cards`, query, signal, accept: [409, 422] });
    return response.ok ? ((await response.json()) as Deck).cards : undefined;
  }
}

const pathOf = (id: string): string => `/v1/jobs/${encodeURIComponent(id)}`;

/** The file name of `Content-Disposition`: the extended form when there is one (RFC 6266). */
function nameIn(headers: Headers): string | undefined {
  const value = headers.get('content-disposition') ?? '';
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(value)?.[1];
  const name = extended ? decodeURIComponent(extended) : /filename="?([^";]+)"?/i.exec(value)?.[1];
  // A name is never a path.
  return name?.replace(/[/\\\0]/g, '_');
}
