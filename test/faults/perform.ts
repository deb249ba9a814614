import { type Violation, check } from './checker/checker';
import { type Fault, endsOf } from './faults';
import { Scene } from './scene';

export interface Row {
  readonly fault: string;
  readonly jobs: number;
  readonly ended: number;
  readonly violations: readonly (Violation | Broken)[];
  /** Which rules the control broke. */
  readonly control: readonly string[];
  readonly caught: boolean;
  readonly seconds: number;
}

/** The scene itself could not be played. */
interface Broken {
  readonly rule: 'scene';
  readonly what: string;
}

const JOBS = 200;
const CONTROL_JOBS = 60;
/** A control need not wait until everything that could recover has. */
const CONTROL_SECONDS = 12;

interface Played {
  readonly violations: readonly (Violation | Broken)[];
  readonly ended: number;
}

const once = (...args: Parameters<typeof play>): Promise<Played> =>
  play(...args).catch((error: unknown) => ({ violations: [{ rule: 'scene', what: String(error) }], ended: 0 }));

async function play(fault: Fault, jobs: number, seed: number, control: boolean): Promise<Played> {
  const { plan: own, sabotage } = control ? fault.control : { plan: {}, sabotage: undefined };
  const settings = { ...fault.plan?.settings, ...own?.settings };
  const scene = await Scene.start({ ...fault.plan, ...own, settings, jobs, seed, ...(sabotage ? { sabotage } : {}) });
  try {
    await fault.run(scene);
    await scene.followAll(control ? Math.min(CONTROL_SECONDS, fault.seconds) : fault.seconds);
    const history = await scene.history();
    const ends = new Set(history.sights.filter(({ status }) => status !== 'gone').map(({ id }) => id));
    return { violations: check(history, endsOf(fault)), ended: ends.size };
  } finally {
    await scene.close();
  }
}

/** The fault, and its control. */
export async function perform(fault: Fault, seed: number): Promise<Row> {
  const start = Date.now();
  const { violations, ended } = await once(fault, JOBS, seed, false);
  const broken = await once(fault, CONTROL_JOBS, seed, true);
  const control = [...new Set(broken.violations.map(({ rule }) => rule))];
  const caught = control.some((broke) => broke === fault.control.breaks);
  const seconds = Math.round((Date.now() - start) / 1_000);
  process.stderr.write(
    `${fault.name}: ${violations.length} violations, control broke ${control.join(', ')} (${seconds} s)\n`,
  );
  return { fault: fault.name, jobs: JOBS, ended, violations, control, caught, seconds };
}

/** Some at a time: most of a fault's time is waiting. */
export async function performAll(faults: readonly Fault[], seed: number, atOnce: number): Promise<Row[]> {
  const rows: Row[] = [];
  const rest = [...faults];
  const lane = async (): Promise<void> => {
    for (let fault = rest.shift(); fault; fault = rest.shift()) rows.push(await perform(fault, seed));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return faults.map(({ name }) => rows.find((row) => row.fault === name) as Row);
}

export function table(rows: readonly Row[], seed: number): string {
  const head = ['fault', 'jobs', 'ended', 'violations', 'control caught', 'seconds'];
  const processes = rows.map(({ fault, jobs, ended, violations, caught, control, seconds }) => [
    fault, String(jobs), String(ended), String(violations.length), caught ? `yes: ${control.join(', ')}` : `NO: ${control.join(', ')}`, String(seconds),
  ]); // prettier-ignore
  const widths = head.map((name, i) => Math.max(name.length, ...processes.map((row) => row[i]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return [`seed ${seed}`, line(head), ...processes.map(line)].join('\n');
}
