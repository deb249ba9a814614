import { applyConfig } from '../config';
import { isObject } from '../chat/chat-request';
import type { Json } from '../chat/chat-request';
import { addTo } from '../ledger';
import type { Entry, Totals } from '../ledger';
import type { Simulator } from '../simulator';

/** What a control handler gets and gives. */
export interface ControlCall {
  readonly sim: Simulator;
  readonly query: URLSearchParams;
  readonly body: Json;
}
export interface ControlReply {
  readonly status: number;
  readonly body: object;
}

const ok = (body: object): ControlReply => ({ status: 200, body });
const bad = (message: string): ControlReply => ({ status: 400, body: { error: { message } } });

type Selector = (entry: Entry, value: string, sim: Simulator) => boolean;

const SELECTORS: Readonly<Record<string, Selector>> = {
  contains: ({ seq }, value, sim) => sim.ledger.body(seq)?.includes(value) ?? false,
  body_sha256: (entry, value) => entry.body_sha256 === value,
  model: (entry, value) => entry.model === value,
  key: (entry, value, sim) => entry.key_hash === sim.ledger.keyHash(value),
  gen_id: (entry, value) => entry.gen_id === value,
};

function selected({ sim, query }: ControlCall): Entry[] {
  const wanted = Object.entries(SELECTORS).filter(([name]) => query.has(name));
  const after = Number(query.get('after') ?? 0);
  const entries: Entry[] = [];
  for (const entry of sim.ledger.all())
    if (entry.seq > after && wanted.every(([name, holds]) => holds(entry, query.get(name) ?? '', sim)))
      entries.push(entry);
  return entries;
}

const isFiltered = (query: URLSearchParams): boolean =>
  query.has('after') || Object.keys(SELECTORS).some((name) => query.has(name));

function ledgerReply(call: ControlCall): ControlReply {
  if (!isFiltered(call.query)) return ok({ totals: call.sim.ledger.totals });
  const totals: Totals = { calls: 0, billed: 0, delivered: 0, wasted: 0, duplicates: 0, aborted: 0, cost_usd: 0 };
  const entries = selected(call);
  for (const entry of entries) if (entry.ended_at !== null) addTo(totals, entry);
  return ok({ totals, open: entries.filter(({ ended_at }) => ended_at === null).length, entries });
}

function requestsReply(call: ControlCall): ControlReply {
  const limit = Number(call.query.get('limit') ?? 1000);
  const withBodies = call.query.get('bodies') === '1';
  const entries = selected(call).slice(-limit);
  if (!withBodies) return ok({ requests: entries });
  return ok({
    requests: entries.map((entry) => ({ ...entry, body: call.sim.ledger.body(entry.seq)?.toString() ?? null })),
  });
}

function metricsReply({ sim }: ControlCall): ControlReply {
  const { ledger } = sim;
  const seconds = Math.max((Date.now() - ledger.startedAt) / 1000, 0.001);
  const retries = new Map<string, number[]>();
  for (const { body_sha256: body, received_at: at } of ledger.all()) {
    const times = retries.get(body);
    if (times) times.push(at);
    else retries.set(body, [at]);
  }
  const spacing = [...retries].filter(([, times]) => times.length > 1).slice(-100);
  return ok({
    in_flight: ledger.inFlight,
    peak_in_flight: ledger.peak,
    calls: ledger.totals.calls,
    calls_per_second: Math.round((ledger.totals.calls / seconds) * 10) / 10,
    by_status: ledger.byStatus,
    by_scenario: ledger.byScenario,
    retries: spacing.map(([body_sha256, times]) => ({
      body_sha256,
      gaps_ms: times.slice(1).map((at, i) => at - (times[i] ?? at)),
    })),
  });
}

function putConfig({ sim, body }: ControlCall): ControlReply {
  const refused = applyConfig(sim.config, body);
  return refused.length > 0 ? bad(`Unknown name or bad value: ${refused.join(', ')}`) : ok(sim.config);
}

/** `{"scenarios": ["429;retry_after=1", "ok"], "model"?: "…"}`: one for each coming call, in this order. */
function postScript({ sim, body }: ControlCall): ControlReply {
  const scenarios = body['scenarios'];
  if (!Array.isArray(scenarios) || !scenarios.every((item) => typeof item === 'string'))
    return bad('"scenarios" must be a list of strings');
  const model = typeof body['model'] === 'string' ? body['model'] : null;
  for (const scenario of scenarios) sim.script.push({ scenario, model });
  return ok({ waiting: sim.script.length });
}

/** The control plane: method and path below `/__sim`. */
export const CONTROL: Readonly<Record<string, (call: ControlCall) => ControlReply>> = {
  'GET /health': () => ok({ status: 'ok' }),
  'POST /reset': ({ sim }) => {
    sim.reset();
    return ok({ status: 'ok' });
  },
  'GET /config': ({ sim }) => ok(sim.config),
  'PUT /config': putConfig,
  'GET /script': ({ sim }) => ok({ scripted: sim.script }),
  'POST /script': postScript,
  'GET /requests': requestsReply,
  'GET /ledger': ledgerReply,
  'GET /metrics': metricsReply,
};

/** The body of a control call; null if it is no JSON object. */
export function controlBody(bytes: Buffer): Json | null {
  if (bytes.length === 0) return {};
  try {
    const parsed: unknown = JSON.parse(bytes.toString());
    return isObject(parsed) ? parsed : null;
  } catch {
    return null;
  }
}
