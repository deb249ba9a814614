import type { Task } from '../chat-request';
import type { DraftCard } from '../content/card';
import { candidatesOf, readingOf } from './candidates';
import { scriptOfLanguage } from './script';
import { selectCards } from './select';
import { sentencesOf } from './sentences';
import { tableCandidates } from './tables';

/**
 * Cards out of the text alone, by rules: definitions, facts asked for in words, hidden terms, choices.
 * Same task, same cards. None if the wanted language is written in another script than the text: nothing is translated.
 */
export function extractCards({ text, wanted }: Task): DraftCard[] {
  const reading = readingOf(text, wanted);
  if (wanted.language !== null && scriptOfLanguage(wanted.language) !== reading.script) return [];
  const sentences = sentencesOf(text);
  const candidates = [...candidatesOf(reading, sentences), ...tableCandidates(reading, sentences.length)];
  return selectCards(candidates, wanted.cards, wanted.types.length, sentences.length);
}
