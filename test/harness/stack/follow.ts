import { eventually } from '../eventually';

/** One event as a client of Server-Sent Events gets it. */
export interface ReceivedEvent {
  readonly number: number;
  readonly type: string;
  readonly data: Record<string, unknown>;
  readonly at: number;
}

/** Follows a job as a browser does, by another reading of the format than ours. */
export class Follower {
  readonly seen: ReceivedEvent[] = [];
  comments = 0;
  status = 0;
  headers = new Headers();
  /** The stream ended: true when the server ended it. */
  ended: boolean | undefined;
  readonly #stop = new AbortController();
  done: Promise<void> = Promise.resolve();

  static async start(url: string, headers: Record<string, string> = {}): Promise<Follower> {
    const follower = new Follower();
    const response = await fetch(url, { headers, signal: follower.#stop.signal });
    follower.status = response.status;
    follower.headers = response.headers;
    follower.done = follower.#read(response);
    return follower;
  }

  hangUp(): void {
    this.#stop.abort();
  }

  of(type: string): ReceivedEvent[] {
    return this.seen.filter((event) => event.type === type);
  }

  /** The first event of a type, when it comes. */
  first(type: string): Promise<ReceivedEvent> {
    return eventually(() => {
      const found = this.of(type)[0];
      if (!found) throw new Error(`no ${type} among ${this.seen.map((event) => event.type).join(' ')}`);
      return found;
    });
  }

  async #read(response: Response): Promise<void> {
    let text = '';
    try {
      for await (const bytes of response.body ?? []) {
        text += Buffer.from(bytes as Uint8Array).toString('utf8');
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        blocks.forEach((block) => this.#take(block));
      }
      this.ended = true;
    } catch {
      this.ended = false;
    }
  }

  #take(block: string): void {
    const lines = block.split('\n');
    if (lines[0]?.startsWith(':')) this.comments += 1;
    const field = (name: string): string =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
    if (!field('data')) return;
    this.seen.push({
      number: Number(field('id')),
      type: field('event'),
      data: JSON.parse(field('data')) as Record<string, unknown>,
      at: Date.now(),
    });
  }
}
