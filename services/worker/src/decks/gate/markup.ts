import type { Draft } from './draft';
import { ORDERS } from './phrases';

const TAG = /<\/?[a-z][a-z0-9-]*(?:\s[^<>]*)?\/?>|<!--|&(?:[a-z]{2,8}|#\d{1,6}|#x[0-9a-f]{1,5});|!\[[^[\]]*\]\(/gi;
/** What a cloze needs so that its text is not taken for its markers. */
const CLOZE_ESCAPES = new Set(['&#58;', '&#123;', '&#125;']);
const LINK = /\b(?:https?|ftp):\/\/[^\s<>"'）)\]，。；、]+|\bwww\.[^\s<>"'）)\]，。；、]+/gi;
/** An address of mail from its sign on. The name before it is read backwards: each run of letters could begin one. */
const MAIL = /@[\w-]+(?:\.[\w-]+)+/g;
const MAIL_NAME = /[\w.+-]/;
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
  return linksIn(text).some((link) => !source.includes(link.replace(/(?<![.,;:!?])[.,;:!?]+$/, '')));
}

function linksIn(text: string): string[] {
  const links: string[] = text.match(LINK) ?? [];
  for (const { 0: host, index } of text.matchAll(MAIL)) {
    let start = index;
    while (MAIL_NAME.test(text.charAt(start - 1))) start -= 1;
    if (start < index) links.push(text.slice(start, index) + host);
  }
  return links;
}

/** A card about an order to the model, or one that obeys it. */
export const obeysOrders = (draft: Draft): boolean => ORDERS.test(draft.written) || ORDERS.test(draft.candidate.quote);
