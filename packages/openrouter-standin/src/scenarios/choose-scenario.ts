import { slugOf } from '../catalogue';
import { parseScenario } from './scenario';
import type { Params, Scenario } from './scenario';
import { presets } from './presets';
import { SCENARIOS } from './table';
import type { Simulator } from '../simulator';

/** The scenario of a call, and its parameters. */
export interface Choice {
  readonly name: string;
  readonly params: Params;
  readonly scenario: Scenario;
}

const OK: Choice = { name: 'ok', params: {}, scenario: presets.ok };

function scripted(sim: Simulator, model: string): string | null {
  const at = sim.script.findIndex((item) => item.model === null || item.model === model);
  return at < 0 ? null : (sim.script.splice(at, 1)[0]?.scenario ?? null);
}

function mixed(sim: Simulator): string | null {
  const mix = Object.entries(sim.config.mix);
  if (mix.length === 0) return null;
  let left = sim.random();
  for (const [name, share] of mix) {
    left -= share;
    if (left < 0) return name;
  }
  return null;
}

/** Counts a call. True while it is among the first `times`, which get the fault. */
function stillMeets(sim: Simulator, keyHash: string, model: string, spec: string, params: Params): boolean {
  if (params['times'] === undefined) return true;
  const id = `${keyHash} ${model} ${spec}`;
  const used = (sim.timesUsed.get(id) ?? 0) + 1;
  sim.timesUsed.set(id, used);
  return used <= Number(params['times']);
}

/** The scenario by header, script, model name or mix, in this order. An unknown name is an error in the test. */
export function chooseScenario(
  sim: Simulator,
  header: string | undefined,
  keyHash: string,
  model: string,
): Choice | string {
  const spec = header ?? scripted(sim, model) ?? slugOf(model).scenario ?? mixed(sim);
  if (spec === null) return OK;
  const { name, params } = parseScenario(spec);
  const scenario = SCENARIOS[name] ?? (/^[1-5]\d\d$/.test(name) ? SCENARIOS['status'] : undefined);
  if (!scenario) return name;
  const given = SCENARIOS[name] ? params : { code: name, ...params };
  if (!stillMeets(sim, keyHash, model, spec, params)) return { name: 'ok', params: given, scenario: presets.ok };
  return { name: spec, params: given, scenario };
}
