import type { Redis } from 'ioredis';
import type { Card, Result } from '../contract/deck';
import { defineScript } from '../runtime/redis';

/** Field of a record that holds a card as its reader left it. The result itself stays as it was made. */
const FIELD = 'edit:';

/** What of a card its reader may change. */
type Kept = Pick<Card, 'front' | 'back' | 'tags'> & Partial<Pick<Card, 'choices' | 'review' | 'edited_at'>>;

const kept = ({ front, back, choices, tags, review, edited_at }: Card): Kept => ({
  front,
  back,
  ...(choices && { choices }),
  tags,
  ...(review && { review }),
  ...(edited_at && { edited_at }),
});

/** A result with its cards as their reader left them. */
export function withEdits(result: Result, fields: ReadonlyMap<string, string>): Result {
  const edits = new Map<string, Kept>();
  for (const [field, json] of fields) {
    if (field.startsWith(FIELD)) edits.set(field.slice(FIELD.length), JSON.parse(json) as Kept);
  }
  if (edits.size === 0) return result;
  const cards = result.deck.cards.map((card) => ({ ...card, ...edits.get(card.id) }));
  return { ...result, deck: { ...result.deck, cards } };
}

export type CardEdits = ReturnType<typeof createCardEdits>;

/** What readers change of cards. An edit lives as long as its job's result, and never reaches another job. */
export function createCardEdits(redis: Redis, prefix: string) {
  const script = defineScript(redis, __dirname, ['keys', 'log', 'edit-card']);
  return {
    /**
     * Keeps `card` as it is now, if the job's last event is still number `sequence`. Gives the new number, `stale`
     * when another event came first, or `none` when this tenant has no such deck (any more).
     */
    async put(id: string, tenant: string, sequence: number, card: Card): Promise<number | 'stale' | 'none'> {
      const answer = (await script(prefix, id, tenant, sequence, card.id, JSON.stringify(kept(card)))) as number;
      return answer === 0 ? 'stale' : answer < 0 ? 'none' : answer;
    },
  };
}
