import { Redis } from 'ioredis';
import type { Priority } from '@flashcards/shared/contract/job';
import { type Store, createStore } from '@flashcards/shared/store/jobs/job-store';
import { admissionOf } from './keyspace';

interface LineSubmit {
  readonly priority?: Priority;
  readonly text?: string;
  readonly flightKey?: string;
  readonly deadlineSeconds?: number;
}

/** The line of a Redis as the API and the workers use it, for tenants that no client can be yet. */
export class Line {
  readonly redis: Redis;
  readonly store: Store;
  #made = 0;

  constructor(
    url: string,
    readonly prefix = '{flashcards}',
  ) {
    this.redis = new Redis(url);
    this.store = createStore(this.redis, prefix, { resultSeconds: 60, failedTextSeconds: 60 });
  }

  /** Submits a job of `tenant`; texts of their own keep jobs from sharing a call. */
  async submit(
    tenant: string,
    { priority = 'standard', text = '', flightKey = '', deadlineSeconds = 600 }: LineSubmit = {},
  ): Promise<string> {
    this.#made += 1;
    const id = `${tenant}-job-${String(this.#made).padStart(6, '0')}`;
    const { kind } = await this.store.submit(
      admissionOf(id, {
        tenant,
        submit: {
          text: text || `A note by ${tenant} with the number ${this.#made}: basalt is a dark volcanic rock.`,
          priority,
          deadline_seconds: deadlineSeconds,
        },
        flightKey,
        limitSubject: tenant,
      }),
    );
    if (kind !== 'made') throw new Error(kind);
    return id;
  }

  async submitMany(count: number, tenant: string, priority: Priority = 'standard'): Promise<string[]> {
    return Promise.all(Array.from({ length: count }, () => this.submit(tenant, { priority })));
  }

  /** Says that a worker has as many slots, and forgets what was handed to it. */
  async slots(count: number): Promise<void> {
    await this.redis.del(`${this.prefix}:fed`);
    await this.store.announce('a-worker', count, 600);
  }

  /** The next job that would be handed to a worker, which ends at once. */
  async next(): Promise<string | undefined> {
    const [id] = await this.store.feed(1);
    if (id) await this.store.finish(id, null, { status: 'canceled' });
    return id;
  }

  async position(id: string, tenant: string): Promise<number> {
    const found = await this.store.read(id, tenant);
    if (typeof found === 'string') throw new Error(found);
    return found.queuePosition.position;
  }

  close(): void {
    this.redis.disconnect();
  }
}
