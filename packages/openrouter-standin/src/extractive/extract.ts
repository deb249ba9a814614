import type { Task } from '../chat/chat-request';
import type { DraftCard } from '../content/card';
import { candidatesOf, readingOf } from './candidates';
import { scriptOf, scriptOfLanguage } from './script';
import { selectCards } from './select';
import { sentencesOf } from './sentences';
import { tableCandidates } from './tables';

/**
 * Cards from the text alone, by rules: definitions, questions about facts, hidden terms, choices. The same task gives the
 * same cards. In a text of two languages only sentences in the requested one count: nothing is translated.
 */
export function extractCards({ text, wanted }: Task): DraftCard[] {
  const script = wanted.language === null ? scriptOf(text) : scriptOfLanguage(wanted.language);
  const mostly = scriptOf(text);
  // Of a text that is mostly so, a sentence without such letters belongs to it all the same.
  const isOwn = (words: string): boolean => scriptOf(words) === script || (mostly === script && script === 'other');
  const sentences = sentencesOf(text).filter(({ body }) => isOwn(body));
  const reading = readingOf(text, sentences, script, wanted);
  const tables = tableCandidates(reading, sentences.length).filter(
    ({ card }) => mostly === script || isOwn(card.quote),
  );
  const candidates = [...candidatesOf(reading, sentences), ...tables];
  return selectCards(candidates, wanted.cards, wanted.types.length, sentences.length);
}
