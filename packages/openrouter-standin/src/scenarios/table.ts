import type { ScenarioTable } from './scenario';
import { contents } from './contents';
import { hostile } from './hostile';
import { presets } from './presets';
import { statuses } from './statuses';
import { wires } from './wires';

/** The groups of the documentation, in its order. */
export const SCENARIO_GROUPS: Readonly<Record<string, ScenarioTable>> = {
  'Mixtures and formats': presets,
  'Error replies': statuses,
  'Odd content': contents,
  'Hostile content': hostile,
  'Odd transport': wires,
};

/** Every scenario by its name. */
export const SCENARIOS: ScenarioTable = { ...presets, ...statuses, ...contents, ...hostile, ...wires };
