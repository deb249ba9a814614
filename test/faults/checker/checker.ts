import { type Ends, type History, type Sight, type Submission } from './history';

export interface Violation {
  readonly rule: keyof typeof RULES;
  readonly what: string;
}

const TERMINAL = new Set(['completed', 'failed', 'canceled']);

interface Known extends History {
  readonly ends: Ends;
  readonly byId: ReadonlyMap<string, Submission>;
  readonly sightsOf: (id: string) => readonly Sight[];
}

/** Rule -> what breaks it, in words. Pure. */
const RULES = {
  /** Every accepted job ends. */
  ended: ({ submissions, sightsOf }: Known) =>
    submissions
      .filter(({ outcome, erased }) => outcome === 'accepted' && !erased)
      .flatMap(({ ids, name }) => ids.map((id) => ({ id, name })))
      .filter(({ id }) => !TERMINAL.has(sightsOf(id).at(-1)?.status ?? ''))
      .map(({ id, name }) => `${name} (${id}) is ${sightsOf(id).at(-1)?.status ?? 'not seen'}`),

  /** Once, and for good. */
  once: ({ byId, sightsOf }: Known) =>
    [...byId].flatMap(([id, { name, erased }]) => {
      const ends = sightsOf(id).filter(({ status }) => TERMINAL.has(status));
      const changed = new Set(ends.map(({ digest }) => digest)).size > 1;
      const reopened = !erased && ends.length > 0 && !TERMINAL.has(sightsOf(id).at(-1)?.status ?? '');
      return changed || reopened ? [`${name} (${id}) changed after its end`] : [];
    }),

  /** One key, one job; and no job that nobody asked for. A submit that is still unknown may have made one. */
  known: ({ submissions, byId, listed }: Known) => {
    const doubled = submissions.filter(({ ids }) => new Set(ids).size > 1).map(({ name }) => `${name} was made twice`);
    const unknown = submissions.filter(({ outcome }) => outcome === 'unknown').length;
    const strangers = listed.filter((id) => !byId.has(id));
    return strangers.length > unknown ? [...doubled, `${strangers.length - unknown} jobs that nobody asked for`] : doubled;
  }, // prettier-ignore

  /** Who repeats with a key is served in the end. */
  served: ({ submissions }: Known) =>
    submissions.filter(({ outcome, keyed }) => keyed && outcome === 'unknown').map(({ name }) => name),

  /** What was refused did not run. */
  refused: ({ submissions, calls }: Known) => {
    const refused = new Set(submissions.filter(({ outcome }) => outcome === 'refused').map(({ name }) => name));
    return [...new Set(calls.map(({ name }) => name).filter((name) => refused.has(name)))];
  },

  /** A stored result is what the model answered for this job. */
  result: ({ byId, sightsOf, calls }: Known) => {
    const answered = new Set(calls.filter((call) => call.answered).map(({ name }) => name));
    return [...byId].flatMap(([id, { name }]) => {
      const end = sightsOf(id).findLast(({ status }) => status === 'completed');
      if (!end) return [];
      const foreign = end.cards.filter(({ quote }) => !quote.includes(name)).length;
      const silent = answered.has(name) ? [] : [`${name} has a result and the model never answered it`];
      return foreign > 0 ? [`${name} has ${foreign} cards of another text`, ...silent] : silent;
    });
  },

  /** Each kept card is there once. */
  cards: ({ byId, sightsOf }: Known) =>
    [...byId].flatMap(([id, { name }]) => {
      const end = sightsOf(id).findLast(({ status }) => status === 'completed');
      if (!end) return [];
      const ids = new Set(end.cards.map((card) => card.id));
      const fronts = new Set(end.cards.map(({ front, quote }) => `${front}\n${quote}`));
      const whole = end.cards.length === end.kept && ids.size === end.kept && fronts.size === end.kept;
      return whole && end.kept > 0 ? [] : [`${name}: ${end.cards.length} cards, ${ids.size} ids, kept ${end.kept}`];
    }),

  /** It ends as it may end with this fault. */
  outcome: ({ byId, sightsOf, ends }: Known) =>
    [...byId].flatMap(([id, submission]) => {
      const end = sightsOf(id).findLast(({ status }) => TERMINAL.has(status));
      if (!end || submission.erased || ends(end, submission)) return [];
      return [`${submission.name} ended as ${end.status} ${end.code ?? ''}`];
    }),

  /** Nothing of an erased job is back. */
  erased: ({ byId, sightsOf, traces }: Known) => [
    ...traces.map((key) => `${key} is there`),
    ...[...byId]
      .filter(([id, { erased }]) => erased && sightsOf(id).at(-1)?.status !== 'not_found')
      .map(([, { name }]) => `${name} can be read`),
  ],

  /** Every end with a webhook is delivered at least once, and verifies. */
  delivered: ({ byId, sightsOf, delivered }: Known) =>
    [...byId].flatMap(([id, { name, hooked, erased }]) => {
      const end = sightsOf(id).findLast(({ status }) => TERMINAL.has(status));
      if (!hooked || erased || !end) return [];
      const mine = delivered.filter((one) => one.id === id);
      if (mine.length === 0) return [`${name}: nobody was notified`];
      const good = mine.every(({ verified, type }) => verified && type === `job.${end.status}`);
      return good ? [] : [`${name}: notified of ${mine.map(({ type, verified }) => `${type} ${verified}`).join(', ')}`];
    }),

  /** Nothing went where nothing may go. */
  canary: ({ canary }: Known) => (canary > 0 ? [`${canary} hits`] : []),

  /** Counters say what happened. */
  counters: ({ counters }: Known) =>
    counters
      .filter(({ reported, expected }) => reported !== expected)
      .map(({ name, reported, expected }) => `${name} is reported as ${reported}; ${expected} was expected`),
} satisfies Record<string, (known: Known) => string[]>;

/** Everything in a history that breaks a promise. */
export function check(history: History, ends: Ends): Violation[] {
  const byId = new Map(history.submissions.flatMap((one) => one.ids.map((id) => [id, one] as const)));
  const sights = new Map<string, Sight[]>();
  for (const sight of history.sights) sights.set(sight.id, [...(sights.get(sight.id) ?? []), sight]);
  const known: Known = { ...history, ends, byId, sightsOf: (id) => sights.get(id) ?? [] };
  return (Object.keys(RULES) as (keyof typeof RULES)[]).flatMap((rule) =>
    RULES[rule](known).map((what) => ({ rule, what })),
  );
}
