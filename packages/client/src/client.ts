import { ApiError, WaitTimeoutError } from './failures';
import { fileNameOf } from './file-name';
import { type FollowOptions, type JobEvent, followJob } from './follow';
import type { CallOptions, ClientOptions, SubmitOptions, WaitOptions } from './options';
import { received } from './received';
import { type Call, type Connection, send } from './requests';
import { FORMAT_DETAILS, MAX_WAIT_SECONDS, isTerminal } from './wire';
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

/**
 * The AI Flashcard Generator's client, for Node 20.19+ and browsers.
 *
 * Every method may throw `ApiError` (the API refused), `ConnectionError` (no try was answered) or the reason of its
 * `signal`. The client repeats a request when that may help. Requests that make a job carry an idempotency key, so a
 * repeat never makes or pays for a second job.
 */
export class Flashcards {
  readonly #connection: Connection;

  constructor({ baseUrl = '', apiKey, retries = 4, timeoutSeconds = 30, fetch: given }: ClientOptions = {}) {
    this.#connection = {
      baseUrl: baseUrl.replace(/(?<!\/)\/+$/, ''),
      fetch: given ?? ((...request) => fetch(...request)),
      apiKey: typeof apiKey === 'function' ? apiKey : () => apiKey,
      retries,
      timeoutSeconds,
    };
  }

  /** Submits a text and returns its job. A job from the cache (`cache: "hit"`) has already ended. */
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

  /** Submits up to 100 texts and returns the outcome of each, in their order. A refused text does not affect the others. */
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

  /** The caller's jobs, newest first, without their decks. */
  jobs(query: JobsQuery = {}, options: CallOptions = {}): Promise<JobPage> {
    return this.#json<JobPage>({ path: '/v1/jobs', query: { ...query }, signal: options.signal });
  }

  /** Waits for the end of a job, by long-polling. `status` says how it ended. */
  async wait(id: string, { timeoutSeconds = 600, signal, onChange }: WaitOptions = {}): Promise<Job> {
    const until = Date.now() + timeoutSeconds * 1_000;
    for (let etag: string | undefined; ;) {
      const left = Math.ceil((until - Date.now()) / 1_000);
      // Without an ETag the server waits for the end. To report changes, the present state is read first.
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
   * The events of a job until its `done`: each card as soon as it is kept. A broken stream is resumed. To stop, leave the
   * loop or abort the signal; the job goes on.
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

  /** The deck of a job. */
  async deck(id: string, options: CallOptions = {}): Promise<Deck> {
    return this.#json<Deck>({ path: `${pathOf(id)}/cards`, query: { format: 'json' }, signal: options.signal });
  }

  /** The deck as a file, without the rejected cards, and the file name that the server proposes. */
  async cards(
    id: string,
    format: Format,
    options: FileOptions & CallOptions = {},
  ): Promise<{ bytes: Uint8Array<ArrayBuffer>; name: string }> {
    const { signal, ...fileOptions } = options;
    const response = await send(this.#connection, {
      path: `${pathOf(id)}/cards`,
      query: { format, ...fileOptions },
      signal,
    });
    return {
      bytes: new Uint8Array(await response.arrayBuffer()),
      name: fileNameOf(response.headers) ?? `deck.${FORMAT_DETAILS[format].extension}`,
    };
  }

  /** Changes, accepts or rejects a card. Its id stays the same. */
  changeCard(id: string, card: string, edit: CardEdit, options: CallOptions = {}): Promise<Card> {
    const path = `${pathOf(id)}/cards/${encodeURIComponent(card)}`;
    return this.#json<Card>({ method: 'PATCH', path, body: edit, signal: options.signal });
  }

  /** Makes another version of a card: a new job whose deck holds it. `changeCard` puts it in place of the card. */
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

  /** Cancels a job. A job that has already ended is returned as it is. */
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
      // An earlier try without an answer may have erased it.
      if (!(error instanceof ApiError && error.status === 404 && tries > 1)) throw error;
    }
  }

  /** Erases all of the caller's jobs within a minute. The answer names what stays. */
  eraseAll(options: CallOptions = {}): Promise<Erasure> {
    return this.#json<Erasure>({ method: 'DELETE', path: '/v1/data', signal: options.signal });
  }

  /** How far an erasure of all data is, and its receipt. Its id is in the answer of `eraseAll`. */
  erasure(id: string, options: CallOptions = {}): Promise<Erasure> {
    return this.#json<Erasure>({ path: `/v1/data/erasures/${encodeURIComponent(id)}`, signal: options.signal });
  }

  /** What the webhook of a job was sent. Empty before the end, and without a webhook. */
  async deliveries(id: string, options: CallOptions = {}): Promise<Delivery[]> {
    const call = { path: `${pathOf(id)}/deliveries`, signal: options.signal };
    return (await this.#json<{ deliveries: Delivery[] }>(call)).deliveries;
  }

  /** Delivers again now, also to a URL without automatic attempts. A receiver may get a delivery twice. */
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
      // An earlier try without an answer has started the attempt.
      if (!(error instanceof ApiError && error.status === 409 && tries > 1)) throw error;
      const found = (await this.deliveries(id, options)).find((one) => one.id === delivery);
      if (!found) throw error;
      return found;
    }
  }

  /** The caller's use by day, for at most 31 days, the limits, and what is left of them. */
  usage(query: UsageQuery = {}, options: CallOptions = {}): Promise<UsageReport> {
    return this.#json<UsageReport>({ path: '/v1/usage', query: { ...query }, signal: options.signal });
  }

  /** The state of the queue. */
  queue(options: CallOptions = {}): Promise<QueueState> {
    return this.#json<QueueState>({ path: '/v1/queue', signal: options.signal });
  }

  async #json<T>(call: Call): Promise<T> {
    const response = await send(this.#connection, call);
    return received(await response.text());
  }

  #create(path: string, body: unknown, key: string | undefined, call: Partial<Call>): Promise<Job> {
    const headers = { 'Idempotency-Key': key ?? crypto.randomUUID(), ...call.headers };
    return this.#json<Job>({ ...call, method: 'POST', path, body, headers });
  }

  /** The job after its next event, or without `etag` at its end. No job when nothing happened in `waitSeconds`. */
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
    return response.status === 304 ? { etag: tag } : { job: received<Job>(await response.text()), etag: tag };
  }

  /** The cards of a running job. Undefined where the server shows none before the end. */
  async #cardsSoFar(id: string, signal: AbortSignal | undefined): Promise<readonly Card[] | undefined> {
    const query = { format: 'json', after: 0 };
    const response = await send(this.#connection, { path: `${pathOf(id)}/cards`, query, signal, accept: [409, 422] });
    return response.ok ? received<Deck>(await response.text()).cards : undefined;
  }
}

const pathOf = (id: string): string => `/v1/jobs/${encodeURIComponent(id)}`;
