import { AppError } from '@flashcards/shared/contract/errors';
import type { QueueState } from '@flashcards/shared/store/store';
import { KEEPS_ALL, type RedisMemory } from '@flashcards/shared/store/redis-memory';

export interface PressureSettings {
  /** Of Redis' memory, past which no job is taken in. */
  readonly mostMemoryShare: number;
  /** Seconds that the oldest job may wait; 0 is no limit. */
  readonly mostWaitSeconds: number;
}

export interface PressureParts {
  readonly memory: () => Promise<RedisMemory>;
  readonly queue: () => Promise<QueueState>;
  readonly settings: PressureSettings;
  readonly onError: (error: unknown) => void;
}

const LOOK_MILLISECONDS = 250;
/** The queue changes slowly, and with many tenants costs more to look at. */
const LOOKS_A_QUEUE = 8;
/** Of a character of a job: three bytes in Chinese, and held more than once on its way. */
const BYTES_A_CHARACTER = 6;
const RETRY_SECONDS = 10;

/**
 * Says no before Redis does. Memory is looked at four times a second, and in between what this replica lets in is added, so
 * a refusal costs no round trip; a full Redis could not even finish the jobs that it has.
 */
export class Pressure {
  private memoryNow: RedisMemory | undefined;
  private oldestWaitSeconds = 0;
  private letInBytes = 0;
  private looks = 0;
  private looking = false;

  constructor(private readonly parts: PressureParts) {}

  /** Starts to look; returns how to stop. */
  start(): () => void {
    const timer = setInterval(() => void this.look(), LOOK_MILLISECONDS);
    void this.look();
    return () => clearInterval(timer);
  }

  /** Why another job of so many characters is too much; otherwise it is counted. */
  refusal(characters: number): AppError | undefined {
    const { settings } = this.parts;
    const { memoryNow } = this;
    if (memoryNow?.policy && memoryNow.policy !== KEEPS_ALL)
      return new AppError('queue_unavailable', 'The queue could lose jobs as it is set up.', { retryAfterSeconds: 60 });
    const bytes = BYTES_A_CHARACTER * characters;
    if (memoryNow && memoryNow.usedBytes + this.letInBytes + bytes > settings.mostMemoryShare * memoryNow.mostBytes)
      return new AppError('overloaded', 'The memory for jobs is nearly full.', { retryAfterSeconds: RETRY_SECONDS });
    if (settings.mostWaitSeconds > 0 && this.oldestWaitSeconds > settings.mostWaitSeconds)
      return new AppError('overloaded', 'Jobs wait too long as it is.', { retryAfterSeconds: RETRY_SECONDS });
    this.letInBytes += bytes;
    return undefined;
  }

  private async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      const before = this.letInBytes;
      this.memoryNow = await this.parts.memory();
      this.looks += 1;
      if (this.looks % LOOKS_A_QUEUE === 1)
        this.oldestWaitSeconds = (await this.parts.queue()).oldestWaitMilliseconds / 1_000;
      // What was let in while Redis was asked may not be in its answer.
      this.letInBytes -= before;
    } catch (error) {
      this.parts.onError(error);
    } finally {
      this.looking = false;
    }
  }
}
