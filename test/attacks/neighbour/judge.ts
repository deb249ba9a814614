/** What a client measures: the time of a submit, until the first event of a stream, until the deck is there, of a read. */
export const KINDS = ['submit', 'stream', 'deck', 'read'] as const;
export type Kind = (typeof KINDS)[number];

export interface Figures {
  /** Milliseconds. */
  readonly samples: Readonly<Record<Kind, readonly number[]>>;
  readonly errors: readonly string[];
}

/** The most that a part of the service held, and what it may hold in a deployment. */
export interface Held {
  readonly part: string;
  readonly bytes: number;
  readonly limitBytes: number;
}

/** One attack by one way: its neighbour beside it, and beside as many honest requests, in turn. */
export interface Outcome {
  readonly attack: string;
  readonly way: string;
  /** Requests of the attacker and of the honest tenant, by their status. */
  readonly sent: Readonly<Record<string, number>>;
  readonly honest: Readonly<Record<string, number>>;
  readonly attacked: Figures;
  readonly baseline: Figures;
  readonly held: readonly Held[];
  /** Processes that ended. */
  readonly ended: readonly string[];
}

/** Fewer say nothing about the slowest in a hundred. */
export const MIN_SAMPLES = 1_000;
const MAX_SLOWDOWN = 3;

/** Of the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const isEnough = (kind: Kind, { attacked, baseline }: Outcome): boolean =>
  Math.min(attacked.samples[kind].length, baseline.samples[kind].length) >= MIN_SAMPLES;

/** What of the promise to neighbours is broken. */
export function brokenBy(outcome: Outcome): string[] {
  const { attacked, baseline, held, ended, sent } = outcome;
  const slow = KINDS.filter((kind) => isEnough(kind, outcome)).flatMap((kind) => {
    const [beside, usual] = [percentile(attacked.samples[kind], 0.99), percentile(baseline.samples[kind], 0.99)];
    if (beside <= MAX_SLOWDOWN * usual) return [];
    return [`p99 of ${kind} is ${beside.toFixed(1)} ms, and ${usual.toFixed(1)} ms beside honest requests`];
  });
  return [
    ...(Object.keys(sent).length > 0 ? [] : ['the attack sent nothing']),
    ...KINDS.filter((kind) => attacked.samples[kind].length === 0).map((kind) => `the neighbour has no ${kind}`),
    ...countedOf(attacked.errors).map((error) => `the neighbour got ${error}`),
    ...countedOf(baseline.errors).map((error) => `beside honest requests the neighbour got ${error}`),
    ...slow,
    ...held
      .filter(({ bytes, limitBytes }) => bytes > limitBytes)
      .map(({ part, bytes, limitBytes }) => `${part} held ${mib(bytes)} MiB of ${mib(limitBytes)} MiB`),
    ...ended.map((process) => `${process} ended`),
  ];
}

/** Each error once, with how often it came. */
function countedOf(errors: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const error of errors) counts.set(error, (counts.get(error) ?? 0) + 1);
  return [...counts].map(([error, count]) => `${count} times ${error}`);
}

const mib = (bytes: number): string => (bytes / 1_048_576).toFixed(0);
const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([status, count]) => `${count}×${status}`)
    .join(' ');

const HEAD = [
  'attack',
  'way',
  ...KINDS.map((kind) => `${kind}: p50/p99 ms`),
  'errors',
  'MiB held of its limit',
  'attacker got',
  'honest tenant got',
];

/** The figures of all, each beside its baseline in brackets. */
export function table(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { attack, way, attacked, baseline, held, sent, honest } = outcome;
    const pair = ({ samples }: Figures, kind: Kind): string =>
      [0.5, 0.99].map((share) => percentile(samples[kind], share).toFixed(0)).join('/');
    return [
      attack,
      way,
      ...KINDS.map((kind) => `${pair(attacked, kind)} (${pair(baseline, kind)})${isEnough(kind, outcome) ? '' : '?'}`),
      String(attacked.errors.length),
      held.map(({ part, bytes, limitBytes }) => `${part} ${mib(bytes)}/${mib(limitBytes)}`).join(', '),
      countsOf(sent),
      countsOf(honest),
    ];
  });
  const widths = HEAD.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return [
    'In brackets beside as many honest requests. ? marks too few samples to judge a p99.',
    line(HEAD),
    ...rows.map(line),
  ].join('\n');
}
