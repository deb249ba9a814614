import type { CardType } from '../chat/chat-request';
import type { DraftCard } from '../content/card';
import type { Candidate } from './candidates';

const REUSED_SENTENCE = 4;
const MAX_OF_A_SENTENCE = 3;
const REUSED_ANSWER = 2.5;
const TYPE_OVER_QUOTA = 3;
const SPREAD = 2;

interface Chosen {
  readonly cards: Candidate[];
  readonly bySentence: Map<number, number>;
  readonly byAnswer: Map<string, number>;
  readonly byType: Map<CardType, number>;
  readonly fronts: Set<string>;
}

const bump = <K>(counts: Map<K, number>, key: K): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** How far the sentence is from those used already, as a share of an even spread; at most 1. */
function spread(chosen: Chosen, sentence: number, step: number): number {
  let nearest = Infinity;
  for (const used of chosen.bySentence.keys()) nearest = Math.min(nearest, Math.abs(used - sentence));
  return Math.min(1, nearest / step);
}

function value(chosen: Chosen, candidate: Candidate, quota: number, step: number): number {
  const used = chosen.bySentence.get(candidate.sentence) ?? 0;
  const sameAnswer = chosen.byAnswer.get(candidate.answer.toLowerCase()) ?? 0;
  const sameType = chosen.byType.get(candidate.card.type) ?? 0;
  return (
    candidate.score -
    used * REUSED_SENTENCE -
    sameAnswer * REUSED_ANSWER -
    Math.max(0, sameType + 1 - quota) * TYPE_OVER_QUOTA +
    spread(chosen, candidate.sentence, step) * SPREAD
  );
}

/** One sentence must not give the same question twice. */
const clashes = (chosen: Chosen, { card, sentence, answer }: Candidate): boolean =>
  chosen.fronts.has(card.front) ||
  (chosen.bySentence.get(sentence) ?? 0) >= MAX_OF_A_SENTENCE ||
  chosen.cards.some((other) => other.sentence === sentence && other.answer === answer);

/** The best cards up to the requested number, of every requested type, spread over the text, in its order. */
export function selectCards(
  candidates: readonly Candidate[],
  wanted: number,
  types: number,
  sentences: number,
): DraftCard[] {
  const chosen: Chosen = {
    cards: [],
    bySentence: new Map(),
    byAnswer: new Map(),
    byType: new Map(),
    fronts: new Set(),
  };
  const quota = Math.ceil(wanted / types);
  const step = Math.max(1, sentences / wanted);
  while (chosen.cards.length < wanted) {
    let best: { candidate: Candidate; score: number } | null = null;
    for (const candidate of candidates) {
      if (clashes(chosen, candidate)) continue;
      const score = value(chosen, candidate, quota, step);
      if (!best || score > best.score) best = { candidate, score };
    }
    if (!best) break;
    const { candidate } = best;
    chosen.cards.push(candidate);
    chosen.fronts.add(candidate.card.front);
    bump(chosen.bySentence, candidate.sentence);
    bump(chosen.byAnswer, candidate.answer.toLowerCase());
    bump(chosen.byType, candidate.card.type);
  }
  return chosen.cards.sort((a, b) => a.sentence - b.sentence).map(({ card }) => card);
}
