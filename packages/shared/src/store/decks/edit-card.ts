import type { Redis } from 'ioredis';
import type { Card, Result } from '../../contract/deck';
import { defineScript } from '../script';
import { kinds, number, parsed } from '../shape';

/** Field of a record that holds a card as its reader left it. The result itself stays as it was made. */
const FIELD = 'edit:';

/** A record as Redis holds it. */
type Fields = ReadonlyMap<string, string>;

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
export function withEdits(result: Result, fields: Fields): Result {
  const edits = new Map<string, Kept>();
  for (const [field, json] of fields) {
    if (field.startsWith(FIELD)) edits.set(field.slice(FIELD.length), parsed<Kept>(json));
  }
  if (edits.size === 0) return result;
  const cards = result.deck.cards.map((card) => ({ ...card, ...edits.get(card.id) }));
  return { ...result, deck: { ...result.deck, cards } };
}

const read = kinds({ kept: { number }, stale: {}, none: {} });

export type CardEdits = ReturnType<typeof createCardEdits>;

/** What readers change of cards. An edit lives as long as its job's result, and never reaches another job. */
export function createCardEdits(redis: Redis, prefix: string) {
  const edit = defineScript({ redis, prefix }, 'decks/edit-card', { read });
  return {
    /**
     * Keeps `card` as it is now, if nobody changed it since `fields` were read. Gives the number of the job's last
     * event, `stale` when somebody did, or `none` when this tenant has no such deck (any more).
     */
    async put(id: string, tenant: string, card: Card, fields: Fields): Promise<number | 'stale' | 'none'> {
      const field = FIELD + card.id;
      const before = fields.get(field) ?? '';
      const answer = await edit({ id, tenant, field, before, edit: JSON.stringify(kept(card)) });
      return answer.kind === 'kept' ? answer.number : answer.kind;
    },
  };
}
