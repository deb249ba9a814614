import type { CardType, Wanted } from '../chat/chat-request';
import type { DraftCard } from '../content/card';
import { distractorsFor } from './distractors';
import { fitBack, isFit, maxFront, windowAround } from './fit';
import type { Question } from './question';
import { isTraditional, toTraditional } from './script';
import type { Script } from './script';
import type { Sentence } from './sentences';
import { frequencyIn, termsOf } from './terms';
import type { Frequency, Term } from './terms';
import { lowering, questionsEn } from './questions-en';
import { questionsZh } from './questions-zh';
import { STOP_EN } from './words-en';

/** A card that could be made, and what speaks for it. */
export interface Candidate {
  readonly card: DraftCard;
  readonly sentence: number;
  readonly answer: string;
  readonly score: number;
}

export type Tongue = 'zh' | 'en' | 'other';

/** What is known of the whole text while its sentences are read. */
export interface Reading {
  readonly text: string;
  readonly script: Script;
  readonly tongue: Tongue;
  readonly traditional: boolean;
  readonly frequency: Frequency;
  readonly lower: (words: string) => string;
  readonly wanted: Wanted;
}

const LEAST_STOP_SHARE = 0.15;
/** So few words may well hold no small one: then the caller's word is taken. */
const FEW_WORDS = 8;

function tongueOf(text: string, script: Script, language: string | null): Tongue {
  if (script === 'han') return 'zh';
  const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
  const known = words.filter((word) => STOP_EN.has(word)).length;
  const isShort = words.length < FEW_WORDS && /^en\b/.test(language ?? '');
  return script === 'latin' && (isShort || known > words.length * LEAST_STOP_SHARE) ? 'en' : 'other';
}

export function readingOf(text: string, sentences: readonly Sentence[], script: Script, wanted: Wanted): Reading {
  const frequency = frequencyIn(text);
  return {
    text,
    script,
    tongue: tongueOf(sentences.map(({ body }) => body).join(' '), script, wanted.language),
    traditional: script === 'han' && isTraditional(text),
    frequency,
    lower: lowering(text, frequency),
    wanted,
  };
}

const GAP = '____';
const LEADS: Readonly<Record<Tongue, { fill: string; choose: string }>> = {
  zh: { fill: '填空：', choose: '选出最合适的一项：' },
  en: { fill: 'Fill in the blank: ', choose: 'Choose the best answer: ' },
  other: { fill: '', choose: '' },
};

/** A sentence with what it points back to named before it: alone on a card it would mean nothing. */
interface SentenceContext {
  readonly sentence: Sentence;
  readonly lead: string;
  readonly terms: readonly Term[];
  readonly tags: readonly string[];
  /** Terms of the whole text: where wrong answers come from. */
  readonly pool: readonly string[];
}

const tagOf = (words: string): string =>
  words
    .trim()
    .toLowerCase()
    .replace(/[\s_]+/g, '-');

interface Draft {
  readonly type: CardType;
  readonly front: string;
  readonly back: string;
  readonly choices?: readonly string[];
}

const cardOf = ({ sentence, tags }: SentenceContext, { type, front, back, choices }: Draft): DraftCard => ({
  quote: sentence.quote,
  type,
  front,
  back,
  choices: choices ?? null,
  tags,
});

/** The part of the sentence around a term that fits on a front, with the term replaced. */
function around(reading: Reading, isShort: SentenceContext, term: Term, replacement: string): string | null {
  const room = maxFront(reading.script) - isShort.lead.length - replacement.length - 14;
  const window = windowAround(isShort.sentence.body, term.at, term.text.length, room);
  if (!window) return null;
  const { text, at } = window;
  const before = text.slice(0, at);
  return isShort.lead + before + replacement + text.slice(at + term.text.length) + isShort.sentence.stop;
}

/** How much a sentence is worth: what opens a paragraph, recurs or is in focus matters more. */
function worth(reading: Reading, { sentence, lead }: SentenceContext): number {
  const words = reading.wanted.focus.toLowerCase().match(/\p{Script=Han}{2,}|[\p{L}\p{N}]{3,}/gu) ?? [];
  const body = sentence.body.toLowerCase();
  const focus = words.some((word) => body.includes(word)) ? 3 : 0;
  return (sentence.opensParagraph ? 0.5 : 0) + focus - (lead === '' ? 0 : 3);
}

/** Easy decks ask for definitions, hard ones for details. */
const LIKES: Readonly<Record<Wanted['difficulty'], { defines: number; detail: number }>> = {
  easy: { defines: 1.5, detail: -0.5 },
  medium: { defines: 0, detail: 0 },
  hard: { defines: -1.5, detail: 1 },
};

type Maker = (
  reading: Reading,
  isShort: SentenceContext,
  questions: readonly Question[],
) => { draft: Draft; answer: string; score: number }[];

const fromQuestion = (type: 'basic' | 'reversed', reading: Reading, question: Question, front: string) => {
  const back = fitBack(question.back, reading.script, reading.wanted.answerLength);
  if (back === null) return [];
  // A year, a number or a name is the whole fact: hiding it as well would ask the same twice.
  const answer = question.kind === 'phrase' ? (question.subject ?? back) : back;
  return [{ draft: { type, front, back }, answer, score: question.score }];
};

const fill = ({ tongue, traditional }: Reading, lead: 'fill' | 'choose'): string =>
  traditional ? toTraditional(LEADS[tongue][lead]) : LEADS[tongue][lead];

const MAX_GAPS = 4;

const MAKERS: Readonly<Record<CardType, Maker>> = {
  basic: (reading, isShort, questions) => [
    ...questions.flatMap((question) => fromQuestion('basic', reading, question, isShort.lead + question.front)),
    ...isShort.terms.slice(0, MAX_GAPS).flatMap((term) => {
      const front = around(reading, isShort, term, GAP);
      if (front === null) return [];
      return [
        {
          draft: { type: 'basic' as const, front: fill(reading, 'fill') + front, back: term.text },
          answer: term.text,
          score: 1 + term.score * 0.3,
        },
      ];
    }),
  ],
  // A term before its definition and nothing else: each has to lead to the other.
  reversed: (reading, isShort, questions) =>
    questions.flatMap((question) =>
      question.defines && question.subject !== null && isShort.lead === ''
        ? fromQuestion(
            'reversed',
            reading,
            question,
            reading.tongue === 'en' ? capital(question.subject) : question.subject,
          )
        : [],
    ),
  cloze: (reading, isShort) =>
    isShort.terms.slice(0, MAX_GAPS).flatMap((term) => {
      if (/[{}]|::/.test(isShort.sentence.body) || term.text.includes(':')) return [];
      const front = around(reading, isShort, term, `{{c1::${term.text}}}`);
      return front === null
        ? []
        : [{ draft: { type: 'cloze' as const, front, back: '' }, answer: term.text, score: 3 + term.score * 0.6 }];
    }),
  choice: (reading, isShort, questions) => {
    const direct = questions.flatMap(({ front, back, kind, score }) =>
      kind === 'phrase' ? [] : [{ front: isShort.lead + front, back, kind, score }],
    );
    const gaps = isShort.terms.slice(0, MAX_GAPS).flatMap((term) => {
      const front = around(reading, isShort, term, GAP);
      return front === null
        ? []
        : [{ front: fill(reading, 'choose') + front, back: term.text, kind: term.kind, score: 3 + term.score * 0.4 }];
    });
    return [...direct, ...gaps].flatMap(({ front, back, kind, score }) => {
      const choices = distractorsFor(back, kind, isShort.pool, `${isShort.sentence.body} ${front}`);
      return choices ? [{ draft: { type: 'choice' as const, front, back, choices }, answer: back, score }] : [];
    });
  },
};

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** The word the whole text is about: what recurs most among its terms. */
function topicOf(terms: readonly (readonly Term[])[], frequency: Frequency): string | null {
  let best: { text: string; score: number } | null = null;
  for (const { text, kind, score } of terms.flat()) {
    if (kind !== 'term') continue;
    const total = frequency(text) * 2 + score;
    if (!best || total > best.score) best = { text, score: total };
  }
  return best?.text ?? null;
}

const leadFor = (reading: Reading, subject: string): string =>
  reading.tongue === 'zh' ? `【${subject}】` : `[${subject}] `;

/** Every card that each sentence could become. */
export function candidatesOf(reading: Reading, sentences: readonly Sentence[]): Candidate[] {
  const terms = sentences.map((sentence) => termsOf(sentence, reading.frequency, reading.tongue));
  const topic = topicOf(terms, reading.frequency);
  const pool = [...new Set(terms.flat().flatMap(({ text, kind }) => (kind === 'term' ? [text] : [])))];
  const candidates: Candidate[] = [];
  let subject: string | null = null;
  for (const [i, sentence] of sentences.entries()) {
    if (sentence.opensParagraph) subject = null;
    const own = terms[i] ?? [];
    const questions = questionsIn(reading, sentence, own);
    const before: string | null = subject ?? topic;
    if (sentence.pointsBack && before === null) continue;
    const isShort: SentenceContext = {
      sentence,
      lead: sentence.pointsBack && before !== null ? leadFor(reading, before) : '',
      terms: own.filter(({ text }) => !sentence.pointsBack || !before?.includes(text)),
      tags: topic === null ? [] : [tagOf(topic)],
      pool,
    };
    candidates.push(...candidatesFrom(reading, isShort, questions));
    if (!sentence.pointsBack) subject = questions.find(({ defines }) => defines)?.subject ?? subject;
  }
  return candidates;
}

function questionsIn(reading: Reading, sentence: Sentence, terms: readonly Term[]): Question[] {
  if (reading.tongue === 'zh') return questionsZh(sentence, terms, reading.traditional);
  // "What does it produce?" would hang in the air, so a sentence that points back is only asked by its gaps.
  return reading.tongue === 'en' && !sentence.pointsBack ? questionsEn(sentence.body, reading.lower) : [];
}

function candidatesFrom(reading: Reading, isShort: SentenceContext, questions: readonly Question[]): Candidate[] {
  const likes = LIKES[reading.wanted.difficulty];
  const base = worth(reading, isShort);
  const kept = new Set(reading.wanted.kept);
  const defined = new Set(questions.filter(({ defines }) => defines).map(({ front }) => isShort.lead + front));
  return reading.wanted.types.flatMap((type) =>
    MAKERS[type](reading, isShort, questions).flatMap(({ draft, answer, score }) => {
      const card = cardOf(isShort, draft);
      if (kept.has(card.front) || !isFit(card, reading.script, reading.text)) return [];
      const taste = defined.has(card.front) || type === 'reversed' ? likes.defines : likes.detail;
      return [{ card, sentence: isShort.sentence.index, answer, score: score + base + taste }];
    }),
  );
}
