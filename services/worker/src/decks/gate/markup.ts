import type { Draft } from './draft';
import { ORDERS } from './phrases';

const TAG = /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>|<!--|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});|!\[[^\]]*\]\(/gi;
/** What a cloze needs so that its text is not taken for its markers. */
const CLOZE_ESCAPES = new Set(['&#58;', '&#123;', '&#125;']);
const LINK =
  /\b(?:https?|ftp):\/\/[^\s<>"'）)\]，。；、]+|\bwww\.[^\s<>"'）)\]，。；、]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gi;
const MAY_LINK = /:\/\/|www\.|@/i;

/** HTML that the source does not itself teach, or entities that a reader would see as such. */
export function hasMarkup(draft: Draft): boolean {
  const text = draft.written;
  if (!/[<&]|!\[/.test(text)) return false;
  const { text: source } = draft.brief.source;
  return (text.match(TAG) ?? []).some((tag) => !CLOZE_ESCAPES.has(tag) && !source.includes(tag));
}

/** An address that does not stand in the source. */
export function hasInventedLink(draft: Draft): boolean {
  const text = draft.written;
  if (!MAY_LINK.test(text)) return false;
  const { text: source } = draft.brief.source;
  return (text.match(LINK) ?? []).some((link) => !source.includes(link.replace(/[.,;:!?]+$/, '')));
}

/** A card about an order to the model, or one that obeys it. */
export const obeysOrders = (draft: Draft): boolean => ORDERS.test(draft.written) || ORDERS.test(draft.candidate.quote);
