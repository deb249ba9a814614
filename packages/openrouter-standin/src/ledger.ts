import { createHash } from 'node:crypto';

import type { Config } from './config';

/** Why a call was billed, or was not. */
export type BilledWhy = 'answered' | 'lost' | 'hung_up' | 'failed' | 'nothing_generated' | 'open';

/** What a call would cost if the model ran to its end. */
export interface Plan {
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly promptUsd: number;
  readonly completionUsd: number;
  /** How a call that the fault itself cut off is billed. */
  readonly whenLost: Config['bill_on_abort'];
  /** How it is billed if the client hangs up on a stream; null: as the configuration says. */
  readonly whenHungUp: Config['bill_on_abort'] | null;
}

/** One call of `POST /chat/completions`. Times are epoch milliseconds. */
export interface Entry {
  readonly seq: number;
  readonly gen_id: string;
  readonly received_at: number;
  readonly key_hash: string;
  readonly body_sha256: string;
  model: string;
  models: readonly string[];
  stream: boolean;
  scenario: string;
  status: number;
  bytes_sent: number;
  events_sent: number;
  tokens_sent: number;
  first_byte_at: number | null;
  ended_at: number | null;
  client_aborted_at: number | null;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number;
  billed: boolean;
  billed_why: BilledWhy;
  delivered: boolean;
  duplicate_of: number | null;
}

export interface Totals {
  calls: number;
  billed: number;
  delivered: number;
  /** Billed, but not delivered. */
  wasted: number;
  /** Billed though an earlier call with the same body and key was billed already. */
  duplicates: number;
  aborted: number;
  cost_usd: number;
}

const ENTRIES_KEPT = 100_000;
const noTotals = (): Totals => ({
  calls: 0,
  billed: 0,
  delivered: 0,
  wasted: 0,
  duplicates: 0,
  aborted: 0,
  cost_usd: 0,
});
export const roundUsd = (usd: number): number => Math.round(usd * 1e8) / 1e8;
const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');

/** Adds one finished call to the totals. */
export function addTo(totals: Totals, entry: Entry): void {
  totals.calls += 1;
  if (entry.billed) totals.billed += 1;
  if (entry.delivered) totals.delivered += 1;
  if (entry.billed && !entry.delivered) totals.wasted += 1;
  if (entry.duplicate_of !== null) totals.duplicates += 1;
  if (entry.client_aborted_at !== null) totals.aborted += 1;
  totals.cost_usd = roundUsd(totals.cost_usd + entry.cost_usd);
}

/** Every call with its cost and delivery: the evidence of a test. In memory. */
export class Ledger {
  readonly totals = noTotals();
  readonly byStatus: Record<string, number> = {};
  readonly byScenario: Record<string, number> = {};
  inFlight = 0;
  peak = 0;
  readonly startedAt = Date.now();
  #seq = 0;
  readonly #entries = new Map<number, Entry>();
  readonly #plans = new WeakMap<Entry, Plan>();
  readonly #bodies = new Map<number, Buffer>();
  readonly #firstBilled = new Map<string, number>();
  readonly #keyHashes = new Map<string, string>();

  readonly #config: Config;
  readonly #idPrefix: string;

  constructor(config: Config, idPrefix: string) {
    this.#config = config;
    this.#idPrefix = idPrefix;
  }

  open(key: string, body: Buffer): Entry {
    this.#seq += 1;
    const now = Date.now();
    const entry: Entry = {
      seq: this.#seq,
      gen_id: `gen-${Math.floor(now / 1000)}-${this.#idPrefix}${this.#seq.toString(36).padStart(8, '0')}`,
      received_at: now,
      key_hash: this.keyHash(key),
      body_sha256: sha256(body),
      model: '',
      models: [],
      stream: false,
      scenario: 'ok',
      status: 0,
      bytes_sent: 0,
      events_sent: 0,
      tokens_sent: 0,
      first_byte_at: null,
      ended_at: null,
      client_aborted_at: null,
      prompt_tokens: 0,
      completion_tokens: 0,
      cost_usd: 0,
      billed: false,
      billed_why: 'open',
      delivered: false,
      duplicate_of: null,
    };
    this.#keep(entry, body);
    this.inFlight += 1;
    if (this.inFlight > this.peak) this.peak = this.inFlight;
    return entry;
  }

  /** The model is about to answer. `close` decides what is billed. */
  plan(entry: Entry, plan: Plan): void {
    this.#plans.set(entry, plan);
  }

  /** The end of the connection. `delivered`: the whole reply was sent. `severed`: the fault cut it, not the client. */
  close(entry: Entry, delivered: boolean, severed: boolean): void {
    this.inFlight -= 1;
    const now = Date.now();
    entry.ended_at = now;
    const plan = this.#plans.get(entry);
    entry.delivered = delivered && plan !== undefined;
    if (!delivered && !severed) entry.client_aborted_at = now;
    if (!plan) entry.billed_why = 'failed';
    else this.#bill(entry, plan, delivered, severed);
    addTo(this.totals, entry);
    this.byStatus[entry.status] = (this.byStatus[entry.status] ?? 0) + 1;
    const name = entry.scenario.split(';', 1)[0] ?? '';
    this.byScenario[name] = (this.byScenario[name] ?? 0) + 1;
  }

  find(genId: string): Entry | undefined {
    return this.#entries.get(Number.parseInt(genId.slice(-8), 36));
  }

  all(): IterableIterator<Entry> {
    return this.#entries.values();
  }

  body(seq: number): Buffer | undefined {
    return this.#bodies.get(seq);
  }

  spentUsd(keyHash: string): number {
    let usd = 0;
    for (const entry of this.#entries.values()) if (entry.key_hash === keyHash) usd += entry.cost_usd;
    return roundUsd(usd);
  }

  keyHash(key: string): string {
    const known = this.#keyHashes.get(key);
    if (known) return known;
    if (this.#keyHashes.size > 1000) this.#keyHashes.clear();
    const hash = sha256(key).slice(0, 16);
    this.#keyHashes.set(key, hash);
    return hash;
  }

  #keep(entry: Entry, body: Buffer): void {
    this.#entries.set(entry.seq, entry);
    this.#entries.delete(entry.seq - ENTRIES_KEPT);
    if (this.#firstBilled.size > ENTRIES_KEPT) this.#firstBilled.clear();
    if (this.#config.capture_bodies > 0) this.#bodies.set(entry.seq, body);
    this.#bodies.delete(entry.seq - this.#config.capture_bodies);
  }

  #bill(entry: Entry, plan: Plan, delivered: boolean, severed: boolean): void {
    const rule = delivered
      ? 'full'
      : severed
        ? plan.whenLost
        : entry.stream
          ? (plan.whenHungUp ?? this.#config.bill_on_abort)
          : 'full';
    const tokens = { full: plan.completionTokens, sent: Math.ceil(entry.tokens_sent), none: 0 }[rule];
    entry.billed_why = delivered ? 'answered' : severed ? 'lost' : 'hung_up';
    // An answer without a single token is free, unless the model ended it itself.
    if (rule === 'none' || (!delivered && tokens === 0)) {
      entry.billed_why = 'nothing_generated';
      return;
    }
    entry.billed = true;
    entry.prompt_tokens = plan.promptTokens;
    entry.completion_tokens = tokens;
    entry.cost_usd = roundUsd(plan.promptTokens * plan.promptUsd + tokens * plan.completionUsd);
    const same = `${entry.key_hash} ${entry.body_sha256}`;
    const first = this.#firstBilled.get(same);
    if (first === undefined) this.#firstBilled.set(same, entry.seq);
    else entry.duplicate_of = first;
  }
}
