import { stretchesOf } from '@flashcards/shared/formats/math/stretches';
import { deletions, hasClozeMarkers, type Deletion } from '@flashcards/shared/text/cloze';
import { plain, type Draft } from '../draft';
import { isQuoted } from '../grounding';
import { LIMITS } from '../limits';
import { isFunctionWord } from '../../text/stop-words';
import { contentUnits, tokens } from '../../text/words';

/** Not Anki's grammar, or its markers where they do not belong. */
export function isClozeFaulty({ candidate, cloze, isCloze }: Draft): boolean {
  if (!isCloze) return hasClozeMarkers(candidate.front) || hasClozeMarkers(candidate.back);
  if (!cloze) return true;
  // Where the source itself says `a::b`, the hint would be half of what is to be hidden.
  return deletions(cloze).some(({ hidden, hint }) => hint !== null && candidate.quote.includes(`${hidden}::${hint}`));
}

const placesOf = (draft: Draft): readonly Deletion[] => (draft.isCloze ? deletions(draft.cloze ?? []) : []);

/** More places than a learner can keep apart. */
export const isCrowded = (draft: Draft): boolean => placesOf(draft).length > LIMITS.clozePlaces;

/** How many words a reader sees; a formula is one. */
function wordsIn(text: string): number {
  let words = 0;
  for (const { kind, body } of stretchesOf(text))
    words += kind === 'inline' || kind === 'display' ? 1 : tokens(body).length;
  return words;
}

/** So much is hidden at once that the rest asks nothing. */
export function hidesTooMuch(draft: Draft): boolean {
  const places = placesOf(draft);
  if (places.length === 0) return false;
  const all = wordsIn(draft.sentence);
  const hidden = new Map<number, number>();
  for (const place of places) hidden.set(place.ordinal, (hidden.get(place.ordinal) ?? 0) + wordsIn(place.hidden));
  return Math.max(...hidden.values()) > all * LIMITS.clozeHidden;
}

/** Hides only small words or signs, which nobody has to recall. */
export const hidesNothing = (draft: Draft): boolean =>
  placesOf(draft).some(
    ({ hidden }) =>
      tokens(hidden).every((word) => isFunctionWord(word.toLowerCase())) && !/[^\s\p{L}\p{P}]/u.test(hidden),
  );

const LEAD = /^\s*(?:【[^】]{1,40}】|\[[^\]]{1,60}\]|[（(][^）)]{1,40}[）)])\s*/;

/** The sentence, with everything revealed, is not the source's. A lead that names its subject may stand before it. */
export function isReworded(draft: Draft): boolean {
  const { isCloze, sentence, brief } = draft;
  if (!isCloze || !brief.sameLanguage || isQuoted(draft, sentence)) return false;
  const { quoteText } = draft;
  const shown = plain(sentence.replace(LEAD, ''));
  if (shown === '' || quoteText.includes(shown)) return false;
  const units = contentUnits(shown);
  const quoted = contentUnits(quoteText);
  let known = 0;
  for (const unit of units) if (quoted.has(unit)) known += 1;
  return known < units.size * LIMITS.clozeFromQuote;
}
