import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Job, Status } from '@flashcards/shared/contract/job';
import { eventually } from '../harness/eventually';
import { Pair, type Service } from '../harness/stack/pair';
import { Receiver, WEBHOOK_SECRET } from '../harness/servers/receiver';
import { seeded } from '../harness/seeded';
import type { Delivered, History, ModelCall, Sight, Submission } from './checker/history';

type Settings = Readonly<Record<string, string | number>>;

export interface Plan {
  readonly jobs: number;
  readonly seed: number;
  readonly settings?: Settings;
  readonly apis?: number;
  readonly workers?: number;
  /** Most heap of each process. */
  readonly heapMegabytes?: number;
  readonly appendonly?: 'yes' | 'no';
  /** A proxy stands between the services and Redis. */
  readonly proxied?: true;
  /** Name of what is taken away, of a control. */
  readonly sabotage?: string;
  /** The path of the webhook of the job with this number, or null. */
  readonly hookOf?: (i: number) => string | null;
  /** Every submit has a key, so that none may stay unknown. */
  readonly allKeyed?: true;
  /** More text of the job with this number. */
  readonly moreText?: (i: number) => string;
}

const REQUIRE = ['sabotage.cjs', '../harness/preload/poison.cjs', '../harness/preload/wrong-clock.cjs']
  .map((file) => `--require=${join(__dirname, file)}`)
  .join(' ');
const REQUEST_MS = 4_000;
const SUBMITS_AT_ONCE = 20;
const READS_AT_ONCE = 20;
const TERMINAL = new Set<string>(['completed', 'failed', 'canceled']);
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** One run of a fault: real processes, clients that repeat with their key, and everything that they see. */
export class Scene {
  readonly submissions: Submission[] = [];
  readonly sights: Sight[] = [];
  /** Where clients send; a fault that kills an API changes it. */
  url = '';
  canary = 0;
  #traces: string[] = [];
  readonly random: () => number;

  private constructor(
    readonly plan: Plan,
    readonly pair: Pair,
    readonly receiver: Receiver,
  ) {
    this.random = seeded(plan.seed);
  }

  static async start(plan: Plan): Promise<Scene> {
    const receiver = await Receiver.start();
    const { apis = 1, workers = 2, appendonly = 'yes', proxied = false, heapMegabytes, sabotage, settings } = plan;
    const options = heapMegabytes ? `${REQUIRE} --max-old-space-size=${heapMegabytes}` : REQUIRE;
    const pair = await Pair.start({
      apis, workers, appendonly, proxied,
      settings: {
        MODEL: 'standin/extractive-1000ms', MAX_WAITING_JOBS: 100_000, NODE_OPTIONS: options,
        WEBHOOK_SECRET, WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8', WEBHOOK_TIMEOUT_SECONDS: 1,
        WEBHOOK_RETRY_SECONDS: '0.2,0.5,1,2,3,4,5', ...(sabotage ? { SABOTAGE: sabotage } : {}), ...settings,
      },
    }); // prettier-ignore
    await fetch(`${pair.standin.controlUrl}/config`, {
      method: 'PUT',
      body: JSON.stringify({ capture_bodies: 20_000 }),
    });
    const scene = new Scene(plan, pair, receiver);
    scene.url = pair.apis[0]?.url ?? '';
    receiver.on('/canary', (_request, response) => {
      scene.canary += 1;
      response.writeHead(204).end();
    });
    return scene;
  }

  /** Submits `count` jobs more, as fast as the service takes them; each client repeats until it knows, for so long. */
  async submitAll(count = this.plan.jobs, seconds = 60): Promise<void> {
    const from = this.submissions.length;
    await inTurns(
      Array.from({ length: count }, (_none, i) => from + i),
      SUBMITS_AT_ONCE,
      (i) => this.#submit(i, seconds),
    );
  }

  async #submit(i: number, seconds: number): Promise<void> {
    const name = `N${String(i).padStart(4, '0')}x`;
    const path = this.plan.hookOf ? this.plan.hookOf(i) : i % 5 === 0 ? '/hook' : null;
    const body = {
      text: textOf(name) + (this.plan.moreText?.(i) ?? ''),
      options: { cards: 3, types: ['basic', 'cloze'] },
      ...(path ? { webhook: { url: this.receiver.url(path) } } : {}),
    };
    // One in ten has no key, and so cannot repeat what it does not know.
    const key = i % 10 === 9 && !this.plan.allKeyed ? undefined : `key ${name}`;
    const keyed = key !== undefined;
    const one: Submission = { name, outcome: 'unknown', ids: [], keyed, hooked: path !== null, erased: false };
    this.submissions.push(one);
    const until = Date.now() + seconds * 1_000;
    do {
      const answer = await this.#post(body, key);
      if (answer?.id && !one.ids.includes(answer.id)) one.ids.push(answer.id);
      one.outcome = outcomeOf(answer?.status);
      if (one.outcome !== 'unknown') return;
      await sleep(200 + 300 * this.random());
    } while (keyed && Date.now() < until);
  }

  async #post(body: object, key: string | undefined): Promise<{ status: number; id?: string } | null> {
    try {
      const response = await fetch(`${this.url}/v1/jobs`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...(key ? { 'Idempotency-Key': key } : {}) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REQUEST_MS),
      });
      const answer = (await response.json()) as { id?: string };
      return { status: response.status, ...(answer.id ? { id: answer.id } : {}) };
    } catch {
      return null;
    }
  }

  /** Erases what the client knows as `ids`. */
  async erase(ids: readonly string[]): Promise<void> {
    await inTurns(ids, READS_AT_ONCE, async (id) => {
      const response = await fetch(`${this.url}/v1/jobs/${id}`, { method: 'DELETE' });
      const one = this.submissions.find(({ ids: mine }) => mine.includes(id));
      if (response.status === 204 && one) one.erased = true;
    });
  }

  accepted(): string[] {
    return this.submissions.filter(({ outcome }) => outcome === 'accepted').flatMap(({ ids }) => ids);
  }

  /** Waits until at least `count` jobs have started. */
  async calls(count: number, seconds = 20): Promise<void> {
    await eventually(async () => {
      const { totals } = await this.pair.ledger();
      const open = (await this.#requests()).length;
      if (Math.max(totals.calls, open) < count) throw new Error(`only ${open} calls`);
    }, seconds * 1_000);
  }

  /** Reads every job that was accepted until it ended, or until for `seconds` none did. */
  async followAll(seconds: number): Promise<void> {
    let open = this.accepted();
    await untilNone(seconds, async () => {
      const left: string[] = [];
      await inTurns(open, READS_AT_ONCE, async (id) => {
        const sight = await this.#see(id);
        if (sight && (TERMINAL.has(sight.status) || sight.status === 'not_found')) this.sights.push(sight);
        else left.push(id);
      });
      open = left;
      return open.length;
    });
  }

  async #see(id: string): Promise<Sight | null> {
    try {
      const response = await fetch(`${this.url}/v1/jobs/${id}`, { signal: AbortSignal.timeout(REQUEST_MS) });
      if (![200, 404, 410].includes(response.status)) return null;
      const status = { 404: 'not_found', 410: 'gone' } as const;
      const missing = status[response.status as 404 | 410] as 'not_found' | 'gone' | undefined;
      return missing ? { id, status: missing, code: null, digest: '', cards: [], kept: 0 } : sightOf((await response.json()) as Job);
    } catch {
      return null;
    } // prettier-ignore
  }

  /** All that was seen, once nothing moves any more. */
  async history(): Promise<History> {
    await this.#webhooksAreTold();
    await inTurns(this.accepted(), READS_AT_ONCE, async (id) => {
      const last = await eventually(async () => (await this.#see(id)) ?? Promise.reject(new Error('no answer')), 5_000).catch(() => null); // prettier-ignore
      if (last) this.sights.push(last);
    });
    await this.#lookForTraces();
    return {
      submissions: this.submissions,
      sights: this.sights,
      calls: await this.#modelCalls(),
      delivered: this.#delivered(),
      listed: await this.#listed(),
      traces: this.#traces,
      canary: this.canary,
      counters: await this.#counters(),
    };
  }

  async #webhooksAreTold(): Promise<void> {
    const owed = new Set(this.submissions.filter(({ hooked, erased }) => hooked && !erased).flatMap(({ ids }) => ids));
    // A worker that was killed may have held some: its lock must lapse and be looked at first.
    await untilNone(25, () => {
      for (const { id } of this.#delivered()) owed.delete(id);
      return owed.size;
    });
  }

  #delivered(): Delivered[] {
    return this.receiver.received
      .filter(({ path }) => path.startsWith('/hook'))
      .map((one) => {
        const { type, data } = JSON.parse(one.body) as { type: string; data: { id: string } };
        try {
          this.receiver.verified(one);
          return { id: data.id, verified: true, type };
        } catch {
          return { id: data.id, verified: false, type };
        }
      });
  }

  async #requests(): Promise<{ body: string | null; delivered: boolean; events_sent: number }[]> {
    const response = await fetch(`${this.pair.standin.controlUrl}/requests?bodies=1&limit=20000`);
    return ((await response.json()) as { requests: [] }).requests;
  }

  async #modelCalls(): Promise<ModelCall[]> {
    return (await this.#requests()).flatMap(({ body, delivered, events_sent }) => {
      const name = /N\d{4}x/.exec(body ?? '')?.[0];
      return name ? [{ name, answered: delivered || events_sent > 0 }] : [];
    });
  }

  async #listed(): Promise<string[]> {
    const ids: string[] = [];
    for (let cursor = ''; ;) {
      const response = await fetch(`${this.url}/v1/jobs?limit=100${cursor && `&cursor=${cursor}`}`);
      if (!response.ok) return ids;
      const page = (await response.json()) as { jobs: Job[]; next_cursor: string | null };
      ids.push(...page.jobs.map(({ id }) => id));
      if (!page.next_cursor) return ids;
      cursor = page.next_cursor;
    }
  }

  async #lookForTraces(): Promise<void> {
    const erased = this.submissions.filter((one) => one.erased).flatMap(({ ids }) => ids);
    if (erased.length === 0) return;
    const keys = (await this.pair.redis.command('KEYS', '*')) as string[];
    this.#traces = keys.filter((key) => !key.includes(':tomb:') && erased.some((id) => key.includes(id)));
  }

  /** What the service counts, beside what was seen. */
  async #counters(): Promise<History['counters']> {
    const answer = await fetch(`${this.url}/v1/queue`).catch(() => null);
    const queue = (answer?.ok ? await answer.json() : { depth: -1, running: -1 }) as Record<string, number>;
    const last = new Map(this.sights.map(({ id, status }) => [id, status]));
    const open = this.accepted().filter((id) => ['queued', 'running'].includes(last.get(id) ?? '')).length;
    return [{ name: 'depth and running', reported: (queue['depth'] ?? 0) + (queue['running'] ?? 0), expected: open }];
  }

  /** A worker or an API in place of one that is gone. */
  async replace(kind: 'api' | 'worker', settings: Settings = {}): Promise<Service> {
    const service = kind === 'api' ? await this.pair.addApi(settings) : await this.pair.addWorker(settings);
    if (kind === 'api') this.url = service.url;
    return service;
  }

  async close(): Promise<void> {
    await this.pair.close();
    await this.receiver.close();
  }
}

function outcomeOf(status: number | undefined): Submission['outcome'] {
  if (status === undefined || status >= 500) return 'unknown';
  return status === 200 || status === 202 ? 'accepted' : 'refused';
}

function sightOf({ id, status, error, finished_at, result }: Job): Sight {
  const digest = createHash('sha256')
    .update(JSON.stringify([status, finished_at, error, result]))
    .digest('hex');
  const cards = (result?.deck.cards ?? []).map((card) => ({ id: card.id, front: card.front, quote: card.quote }));
  return { id, status: status satisfies Status, code: error?.code ?? null, digest, cards, kept: result?.kept ?? 0 };
}

/** A text of which every sentence names its job. */
const textOf = (name: string): string =>
  [
    `The basalt ${name} is a dark volcanic rock that forms when lava cools quickly at the surface.`,
    `The granite ${name} is a light rock that forms when magma cools slowly far below the ground.`,
    `The marble ${name} is a hard rock that is made of limestone under great heat and pressure.`,
    `The slate ${name} is a grey rock that splits into thin plates and covers many old roofs.`,
    `The pumice ${name} is a foamy rock that is so light that it swims on the water of a lake.`,
  ].join(' ');

/** Asks how many are left until it is none, or for `seconds` as many: a busy machine may take long, but it gets on. */
async function untilNone(seconds: number, countLeft: () => Promise<number> | number): Promise<void> {
  let least = Infinity;
  let until = 0;
  for (;;) {
    const left = await countLeft();
    if (left < least) until = Date.now() + seconds * 1_000;
    least = Math.min(least, left);
    if (left === 0 || Date.now() > until) return;
    await sleep(300);
  }
}

/** At most `most` at once, in their order. */
async function inTurns<T>(items: readonly T[], max: number, work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const lane = async (): Promise<void> => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: max }, lane));
}
