// What is held open, and what is stored.
import { rewriteAll } from '../../../harness/stack/edits';
import { bearer } from '../../../harness/stack/keys';
import { MODELS } from '../deployment';
import { type Assault, type Scene, decksOf, idIn, ordinaryText, submitOf } from '../assault';

/** Who is refused tries again after so long. */
const AGAIN_MS = 1_000;
const DECKS = 30;
const UNREAD_MS = 5_000;

/** A job of the attacker's whose model never answers. */
async function openJob({ deployment, attacker }: Scene): Promise<string> {
  const body = { text: ordinaryText(), options: { cards: 1, model: MODELS.hangs } };
  return (await deployment.pair.submit(body, bearer(attacker))).id;
}

async function editedDecks(scene: Scene): Promise<void> {
  const jobs = await decksOf(scene, scene.attacker, DECKS);
  for (const [i, job] of jobs.entries()) await rewriteAll(scene.deployment.pair, scene.attacker, job, i);
}

export const HOLDS: readonly Assault[] = [
  {
    name: 'long edits',
    lanes: 8,
    honest: 'requests',
    prepare: async (scene) => {
      const jobs = await decksOf(scene, scene.attacker, DECKS);
      const cards = jobs.flatMap(({ id, result }) =>
        (result?.deck.cards ?? []).map((card) => `/v1/jobs/${id}/cards/${card.id}`),
      );
      return (sender, lane, i) => {
        const side = `${lane} ${i} `.padEnd(20, '-') + '🜁'.repeat(1_980);
        const card = cards[(lane + i * 8) % cards.length] ?? '';
        return sender.send('PATCH', card, { body: JSON.stringify({ front: side, back: side }) });
      };
    },
  },
  {
    name: 'lists of edited decks',
    lanes: 6,
    honest: 'requests',
    prepare: async (scene) => {
      await editedDecks(scene);
      return (sender) => sender.send('GET', '/v1/jobs?limit=100');
    },
  },
  {
    name: 'open downloads of packages',
    lanes: 40,
    honest: 'requests',
    prepare: async (scene) => {
      const [job] = await decksOf(scene, scene.attacker, 1);
      if (job) await rewriteAll(scene.deployment.pair, scene.attacker, job, 1);
      return async (sender) => {
        const { status } = await sender.send('GET', `/v1/jobs/${job?.id}/cards?format=apkg`, { unreadMs: UNREAD_MS });
        if (status !== 200) await sender.pause(AGAIN_MS);
      };
    },
  },
  {
    name: 'streams without end',
    lanes: 1_200,
    honest: 'requests',
    prepare: async (scene) => {
      const id = await openJob(scene);
      return async (sender) => {
        await sender.send('GET', `/v1/jobs/${id}/events`);
        await sender.pause(AGAIN_MS);
      };
    },
  },
  {
    name: 'long polls',
    lanes: 1_200,
    honest: 'requests',
    prepare: async (scene) => {
      const id = await openJob(scene);
      return async (sender) => {
        await sender.send('GET', `/v1/jobs/${id}?wait=60`);
        await sender.pause(AGAIN_MS);
      };
    },
  },
  {
    name: 'webhook receivers that hang',
    lanes: 4,
    honest: 'requests',
    prepare: ({ deployment: { receiver } }) => {
      receiver.on('/hangs', () => undefined);
      return async (sender, lane, i) => {
        const webhook = { url: receiver.url('/hangs', `127.0.1.${1 + ((lane + 4 * i) % 200)}`) };
        const { text } = await sender.send('POST', '/v1/jobs', { body: submitOf(ordinaryText(), { webhook }) });
        await sender.send('POST', `/v1/jobs/${idIn(text)}/cancel`);
      };
    },
  },
];
