import type { Answer } from '../chat/answer';
import type { Call } from '../http/call';
import type { Delivery } from '../chat/delivery';

/** `;k=v` of a scenario. */
export type Params = Readonly<Record<string, string>>;

export const numberParam = (params: Params, name: string, otherwise: number): number => {
  const value = Number(params[name]);
  return params[name] !== undefined && Number.isFinite(value) ? value : otherwise;
};

/** Serves a call as usual, with changes to the answer and its delivery. */
export interface Serve {
  (change?: {
    answer?: (answer: Answer) => Answer;
    delivery?: Partial<Delivery>;
    latencyMs?: number;
    /** Sends more than the caller's `max_tokens`, as some providers do. */
    uncapped?: true;
  }): void;
}

/** One row of the table of scenarios. */
export interface Scenario {
  /** One sentence for the documentation. */
  readonly about: string;
  /** Parameters it reads besides `times`, `content` and `latency_ms`, each with its meaning. */
  readonly params?: Readonly<Record<string, string>>;
  /** It fails before the first byte, so that the service tries the next of `models`. */
  readonly failsOver?: true;
  readonly run: (call: Call, params: Params, serve: Serve) => void;
}

export type ScenarioTable = Readonly<Record<string, Scenario>>;

/** `name;k=v;k=v`, parsed. */
export function parseScenario(spec: string): { name: string; params: Params } {
  const [name = '', ...pairs] = spec.split(';').map((part) => part.trim());
  const params: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at > 0) params[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return { name, params };
}
