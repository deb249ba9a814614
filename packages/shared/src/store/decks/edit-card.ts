import type { Redis } from 'ioredis';
import type { Card, Result } from '../../contract/deck';
import { defineScript } from '../script';
import { kinds, number, parsed, text } from '../shape';

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

const read = kinds({
  kept: { number },
  stale: {},
  none: {},
  limited: { retry_after_s: number },
  refused: { policy: text, retry_after_s: number },
});

/** How much a tenant may edit; 0 is no limit. */
export interface EditLimits {
  readonly editsPerMinute: number;
  readonly storedBytes: number;
}

/** What became of an edit. `stale`: another one came first. `none`: this tenant has no such deck (any more). */
export type PutEdit =
  | { readonly kind: 'kept'; readonly number: number }
  | { readonly kind: 'stale' | 'none' }
  | { readonly kind: 'limited'; readonly retryAfterSeconds: number }
  | { readonly kind: 'refused'; readonly policy: string; readonly retryAfterSeconds: number };

interface EditParts {
  /** The record as its reader saw it. */
  readonly fields: Fields;
  readonly limits: EditLimits;
}

export type CardEdits = ReturnType<typeof createCardEdits>;

/** What readers change of cards. An edit lives as long as its job's result, and never reaches another job. */
export function createCardEdits(redis: Redis, prefix: string, resultSeconds: number) {
  const edit = defineScript({ redis, prefix }, 'decks/edit-card', { read });
  return {
    /** Keeps `card` as it is now, if nobody changed it since `fields` were read. `number` is that of the job's last event. */
    async put(id: string, tenant: string, card: Card, { fields, limits }: EditParts): Promise<PutEdit> {
      const field = FIELD + card.id;
      const answer = await edit({
        id,
        tenant,
        field,
        before: fields.get(field) ?? '',
        edit: JSON.stringify(kept(card)),
        limit: limits.editsPerMinute,
        limit_subject: `edits:${tenant}`,
        max_stored: limits.storedBytes,
        result_seconds: resultSeconds,
      });
      if (answer.kind !== 'limited' && answer.kind !== 'refused') return answer;
      const { retry_after_s: retryAfterSeconds, ...refusal } = answer;
      return { ...refusal, retryAfterSeconds };
    },
  };
}
