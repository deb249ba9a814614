import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { MadeKey } from '../../harness/stack/keys';
import { type Assault, type Step, honestStep } from './assault';
import { Deployment, type Way } from './deployment';
import { type Figures, type Outcome } from './judge';
import { watchMemory } from './memory';
import { Sender, storm } from './sender';

/** In turn: what passes on the machine meanwhile is in both. */
const ROUNDS = 3;
/** Of each kind a little over a thousand samples a minute. */
const CYCLES_PER_SECOND = 18;
const ADDRESSES = { neighbour: '127.0.0.2', attacker: '127.0.0.3', honest: '127.0.0.4' } as const;
/** What each tenant may submit a minute: the attacker six hundred times the default, so that no limit hides the rest. */
const SUBMITS = { neighbour: 1_000_000, attacker: 6_000, honest: 6_000 } as const;
/** Of attacks that are about something else. */
const USUAL_HOSTILE = 'sim/length';
const WARM_UP_SECONDS = 2;
const DRAIN_SECONDS = 60;

/** One attack by one way on a deployment of its own, for so many seconds, and as long beside honest requests. */
export async function play(binary: string, assault: Assault, name: Way['name'], seconds: number): Promise<Outcome> {
  const deployment = await Deployment.start(binary, assault.model ?? USUAL_HOSTILE);
  const way = deployment.ways.find((one) => one.name === name);
  if (!way) throw new Error(`there is no way ${name}`);
  const attacker = await deployment.tenant('attacker', SUBMITS.attacker);
  const honest = await deployment.tenant('honest', SUBMITS.honest);
  const scene = { deployment, attacker };
  const neighbour = startNeighbour(way, await deployment.tenant('neighbour', SUBMITS.neighbour));
  const stop = watchMemory(deployment.parts());
  try {
    const attack = await assault.prepare(scene);
    const calm = await honestStep(scene, honest, assault.honest);
    await measured(neighbour, WARM_UP_SECONDS);
    const address = assault.besideNeighbour ? ADDRESSES.neighbour : ADDRESSES.attacker;
    const [attacked, baseline]: [Slice[], Slice[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const hostile = new Sender(way, attacker.key, address);
      attacked.push(await beside(hostile, assault.lanes, attack, neighbour, seconds / ROUNDS));
      if (assault.leavesJobs) await deployment.erase(attacker);
      await deployment.drained(DRAIN_SECONDS);
      const kind = new Sender(way, honest.key, ADDRESSES.honest);
      baseline.push(await beside(kind, assault.lanes, inTimeOf(calm, hostile.times), neighbour, seconds / ROUNDS)); // prettier-ignore
      // Its deck stays where it reads it.
      if (assault.honest === 'batches') await deployment.erase(honest);
      await deployment.drained(DRAIN_SECONDS);
    }
    process.stderr.write(`${assault.name}, ${name}: done\n`);
    return {
      attack: assault.name,
      way: name,
      sent: sumOf(attacked),
      honest: sumOf(baseline),
      attacked: figuresOf(attacked),
      baseline: figuresOf(baseline),
      held: stop(),
      ended: deployment.ended(),
    };
  } finally {
    stop();
    neighbour.disconnect();
    await deployment.close();
  }
}

interface Slice {
  readonly figures: Figures;
  readonly counts: Readonly<Record<string, number>>;
}

/** What the neighbour measures while somebody sends. */
async function beside(
  sender: Sender,
  lanes: number,
  step: Step,
  neighbour: ChildProcess,
  seconds: number,
): Promise<Slice> {
  const sending = storm(sender, lanes, step);
  const figures = await measured(neighbour, seconds);
  sender.stop();
  await sending;
  return { figures, counts: sender.counts };
}

/** One step at each of these times, by whichever lane is free then. */
function inTimeOf(step: Step, times: readonly number[]): Step {
  const start = performance.now();
  let steps = 0;
  return async (sender, lane, i) => {
    const due = times[steps++];
    if (due === undefined) return sender.pause(FOREVER_MS);
    const left = start + due - performance.now();
    if (left > 0) await sender.pause(left);
    if (!sender.stopped) await step(sender, lane, i);
  };
}
const FOREVER_MS = 2 ** 31 - 1;

function startNeighbour({ url, serverName }: Way, { key }: MadeKey): ChildProcess {
  const place = { url, servername: serverName, key, address: ADDRESSES.neighbour, perSecond: CYCLES_PER_SECOND };
  return fork(join(__dirname, 'client.mjs'), [JSON.stringify(place)]);
}

async function measured(neighbour: ChildProcess, seconds: number): Promise<Figures> {
  const answer = once(neighbour, 'message');
  neighbour.send({ seconds });
  const [figures] = (await answer) as [Figures];
  return figures;
}

const figuresOf = (slices: readonly Slice[]): Figures => ({
  samples: {
    submit: slices.flatMap(({ figures }) => figures.samples.submit),
    stream: slices.flatMap(({ figures }) => figures.samples.stream),
    deck: slices.flatMap(({ figures }) => figures.samples.deck),
    read: slices.flatMap(({ figures }) => figures.samples.read),
  },
  errors: slices.flatMap(({ figures }) => figures.errors),
});

function sumOf(slices: readonly Slice[]): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const { counts } of slices)
    for (const [status, count] of Object.entries(counts)) sum[status] = (sum[status] ?? 0) + count;
  return sum;
}
