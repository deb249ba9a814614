import type { Job } from '@flashcards/shared/contract/job';
import { type MadeKey, bearer } from '../../harness/stack/keys';
import type { Deployment } from './deployment';
import type { Sender } from './sender';

/** One request of a lane, or a few that belong together. */
export type Step = (sender: Sender, lane: number, i: number) => Promise<unknown>;

/** Where an attack is played. */
export interface Scene {
  readonly deployment: Deployment;
  readonly attacker: MadeKey;
}

export interface Assault {
  readonly name: string;
  /** How many requests the attacker has open at once. */
  readonly lanes: number;
  /** It comes from the address of the neighbour. */
  readonly besideNeighbour?: true;
  /** The model that it chooses, where its answers are the attack: a scenario of the stand-in. */
  readonly model?: string;
  /** It leaves more jobs than are made in a minute: they are erased before the next begins. */
  readonly leavesJobs?: true;
  /** The requests of an honest tenant that the neighbour is compared with: submits and reads, or batches. */
  readonly honest: 'requests' | 'batches';
  /** Makes what has to be there before, and returns what the attacker does. */
  readonly prepare: (scene: Scene) => Promise<Step> | Step;
}

let count = 0;
/** A text of its own each time: what was cached costs nothing. */
export const ordinaryText = (): string =>
  `Chalk number ${(count += 1)} is a soft white rock that formed from the shells of tiny creatures of the sea. ` +
  'Coal is a black rock that formed from plants which were buried in ancient swamps and pressed for millions of years.';

/** As long as a text may be, and nothing but words. */
const longText = (): string => Array.from({ length: 45 }, ordinaryText).join(' ').slice(0, 9_900);

export const submitOf = (text: string, more: object = {}): string => JSON.stringify({ text, options: { cards: 5 }, ...more }); // prettier-ignore
export const batchOf = (texts: readonly string[]): string => JSON.stringify({ jobs: texts.map((text) => ({ text, options: { cards: 5 } })) }); // prettier-ignore

/** The id of a job that an answer shows, or one that nobody has. */
export const idIn = (text: string): string => /"id":"([\w-]+)"/.exec(text)?.[1] ?? 'no-such-job';

/** So many decks of the tenant, by the API itself. */
export async function decksOf({ deployment }: Scene, key: MadeKey, decks: number): Promise<Job[]> {
  const jobs: Job[] = [];
  for (let i = 0; i < decks; i += 1)
    jobs.push(await deployment.pair.finished({ text: ordinaryText(), options: { cards: 5, types: ['basic'] } }, bearer(key)));
  return jobs;
} // prettier-ignore

/** What an honest tenant does: nine reads of its deck a submit, or batches of texts that are long. */
export async function honestStep(scene: Scene, key: MadeKey, kind: Assault['honest']): Promise<Step> {
  const [job] = await decksOf(scene, key, 1);
  const batch = (sender: Sender) =>
    sender.send('POST', '/v1/jobs/batch', { body: batchOf(Array.from({ length: 100 }, longText)) });
  const oneOfTen: Step = (sender, lane, i) =>
    (lane + i) % 10 === 0
      ? sender.send('POST', '/v1/jobs', { body: submitOf(ordinaryText()) })
      : sender.send('GET', `/v1/jobs/${job?.id}`);
  return kind === 'batches' ? batch : oneOfTen;
}
