import { AppError } from '@flashcards/shared/contract/errors';
import type { QueueState } from '@flashcards/shared/store/jobs/job-store';
import { KEEPS_ALL, type RedisMemory } from '@flashcards/shared/store/redis-memory';
import { again } from './refusals';

export interface LoadSheddingSettings {
  /** Of Redis' memory, past which no job is taken in. */
  readonly maxMemoryShare: number;
  /** Seconds that a tenant's oldest job may wait; 0 is no limit. */
  readonly maxWaitSeconds: number;
}

export interface LoadSheddingParts {
  readonly memory: () => Promise<RedisMemory>;
  readonly queue: () => Promise<QueueState>;
  readonly settings: LoadSheddingSettings;
  readonly onError: (error: unknown) => void;
}

const LOOK_MS = 250;
/** The queue changes slowly, and with many tenants costs more to look at. */
const LOOKS_A_QUEUE = 8;
/** Of a character of a job: three bytes in Chinese, and held more than once on its way. */
const BYTES_A_CHARACTER = 6;
const RETRY_SECONDS = 10;

const overloaded = (why: string): AppError =>
  new AppError('overloaded', `${why} ${again(RETRY_SECONDS)}`, { retryAfterSeconds: RETRY_SECONDS });

/**
 * Refuses jobs before Redis does: a full Redis could not even finish the jobs that it has. It reads the memory four
 * times a second and adds what this replica lets in meanwhile, so a refusal costs no round trip.
 */
export class LoadShedding {
  #memoryNow: RedisMemory | undefined;
  #oldestWaitSeconds = 0;
  #letInBytes = 0;
  #looks = 0;
  #looking = false;

  readonly #parts: LoadSheddingParts;

  constructor(parts: LoadSheddingParts) {
    this.#parts = parts;
  }

  /** Starts to look; returns how to stop. */
  start(): () => void {
    const timer = setInterval(() => void this.#look(), LOOK_MS);
    void this.#look();
    return () => clearInterval(timer);
  }

  /** Why another job of so many characters is too much; otherwise it is counted. */
  refusal(characters: number): AppError | undefined {
    const { settings } = this.#parts;
    const memoryNow = this.#memoryNow;
    if (memoryNow?.policy && memoryNow.policy !== KEEPS_ALL)
      return new AppError('queue_unavailable', 'The queue is set up so that it could lose jobs.', {
        retryAfterSeconds: 60,
      });
    const bytes = BYTES_A_CHARACTER * characters;
    if (memoryNow && memoryNow.usedBytes + this.#letInBytes + bytes > settings.maxMemoryShare * memoryNow.maxBytes)
      return overloaded('The memory for jobs is nearly full.');
    this.#letInBytes += bytes;
    return undefined;
  }

  /** Whether some job waits longer than allowed: then a submit is worth a look at its own tenant's jobs. */
  get isQueueOld(): boolean {
    const { maxWaitSeconds } = this.#parts.settings;
    return maxWaitSeconds > 0 && this.#oldestWaitSeconds > maxWaitSeconds;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      const before = this.#letInBytes;
      this.#memoryNow = await this.#parts.memory();
      this.#looks += 1;
      if (this.#looks % LOOKS_A_QUEUE === 1) this.#oldestWaitSeconds = (await this.#parts.queue()).oldestWaitMs / 1_000;
      // What was let in while Redis was asked may not be in its answer.
      this.#letInBytes -= before;
    } catch (error) {
      this.#parts.onError(error);
    } finally {
      this.#looking = false;
    }
  }
}
