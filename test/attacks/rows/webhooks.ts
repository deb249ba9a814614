import { eventually } from '../../harness/eventually';
import { Receiver } from '../../harness/servers/receiver';
import { canceledJob, deliveryOf } from '../../harness/stack/deliveries';
import { KEYED, makeKey } from '../../harness/stack/keys';
import { type Attack, attack, unless } from '../attack';
import type { Stage } from '../stage';

/** The states of one more delivery to the host, and of those whose receiver hangs. */
interface Delivered {
  readonly next: string;
  readonly hanging: readonly string[];
}

const HANGING = 10;
/** No attempt that hangs ends by itself while the attack is played. */
const SETTINGS = {
  ...KEYED,
  RATE_LIMIT_PER_MINUTE: 0,
  WEBHOOK_ALLOW_CIDRS: '127.0.0.0/8',
  WEBHOOK_TIMEOUT_SECONDS: 60,
};

/** Ten receivers of one tenant hang, and then somebody has a delivery to the same host: it waits so many seconds. */
async function deliver(stage: Stage, who: 'neighbour' | 'attacker', seconds: number): Promise<Delivered> {
  const receiver = await Receiver.start();
  stage.after(() => receiver.close());
  const pair = await stage.apart({ settings: SETTINGS });
  const mallory = await makeKey(pair, 'mallory');
  const next = who === 'attacker' ? mallory : await makeKey(pair, 'neighbour');
  let held = 0;
  receiver.on('/hangs', () => void (held += 1));
  const jobs = await Promise.all(Array.from({ length: HANGING }, () => canceledJob(pair, mallory, receiver.url('/hangs'))));
  await eventually(() => expect(held).toBeGreaterThanOrEqual(8));
  const job = await canceledJob(pair, next, receiver.url('/quick'));
  const stateOf = async (): Promise<string> => (await deliveryOf(pair, next, job))?.state ?? 'none';
  await eventually(async () => expect(await stateOf()).toBe('delivered'), seconds * 1_000).catch(() => undefined);
  const states = jobs.map(async (one) => (await deliveryOf(pair, mallory, one))?.state ?? 'none');
  return { next: await stateOf(), hanging: await Promise.all(states) };
} // prettier-ignore

export const WEBHOOKS: readonly Attack[] = [
  attack({
    row: 12,
    name: 'receivers that hang',
    kind: 'a shared pool without shares',
    sent: 'ten webhooks of one tenant whose receivers hang, on a host that its neighbour uses too',
    holds: "a neighbour's webhook on the same host is delivered while all of them hang",
    quick: false,
    play: (stage) => deliver(stage, 'neighbour', 30),
    broken: ({ next, hanging }) => [
      ...unless(next === 'delivered', `the delivery is ${next}`),
      ...unless(hanging.every((state) => state === 'pending'), `those that hang are ${hanging.join(', ')}`),
    ],
    control: { what: 'another delivery of the attacker, which has its share already', play: (stage) => deliver(stage, 'attacker', 5) },
  }),
]; // prettier-ignore
