import { CARD_TYPES, type CardType } from '@flashcards/shared/contract/deck';
import { isObject } from '@flashcards/shared/runtime/json';

/**
 * A card as the model writes it.
 * - `quote`: the words of the source it rests on.
 * - `front`: the question; of a `cloze` the sentence in Anki's grammar.
 * - `back`: the answer; of a `cloze` '', of a `choice` the right one.
 * - `choices`: of a `choice` the 2 to 4 wrong answers, else null.
 */
export interface Candidate {
  readonly quote: string;
  readonly type: CardType;
  readonly front: string;
  readonly back: string;
  readonly choices: readonly string[] | null;
  readonly tags: readonly string[];
}

/**
 * The schema that the model is asked to follow. Providers support different parts of JSON Schema in strict mode, so
 * it gives shapes only. Every key is required, null stands for what is absent, and there are no lengths or patterns.
 * The quote comes first because a model that has picked its evidence writes a better card.
 */
export const CANDIDATES_SCHEMA = deepFreeze({
  type: 'object',
  properties: {
    cards: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          quote: { type: 'string' },
          type: { type: 'string', enum: [...CARD_TYPES] },
          front: { type: 'string' },
          back: { type: 'string' },
          choices: { type: ['array', 'null'], items: { type: 'string' } },
          tags: { type: 'array', items: { type: 'string' } },
        },
        required: ['quote', 'type', 'front', 'back', 'choices', 'tags'],
        additionalProperties: false,
      },
    },
  },
  required: ['cards'],
  additionalProperties: false,
});

function deepFreeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (isObject(inner) || Array.isArray(inner)) deepFreeze(inner);
  return Object.freeze(value);
}

const FRONT_LABEL = /^\**(?:q|question|front|问|问题|正面|题目)\s*[:：]\**\s*/i;
const BACK_LABEL = /^\**(?:a|answer|back|答|答案|背面)\s*[:：]\**\s*/i;
const LETTER_LABEL = /^\(?[A-Ea-e][.)、．）]\s*/;
// C0 controls other than tab, CR and LF, and DEL.
const CONTROL = /[^\P{Cc}\t\n\r\x80-\x9F]/gu;

/**
 * The candidate in what the model wrote; null when it has not the shape of one. Keys may be missing where that can
 * mean only one thing. Labels such as `Q:` and surrounding blanks are removed.
 */
export function readCandidate(value: unknown): Candidate | null {
  if (!isObject(value)) return null;
  const { type, choices, tags } = value;
  const [quote, front, back] = [
    readText(value['quote'] ?? ''),
    readText(value['front']),
    readText(value['back'] ?? ''),
  ];
  const wrong = type === 'choice' ? readList(choices) : null;
  if (!isCardType(type) || quote === null || front === null || back === null || wrong === undefined) return null;
  const answers = withoutLetters([back.replace(BACK_LABEL, ''), ...(wrong ?? [])]);
  return {
    quote,
    type,
    front: front.replace(FRONT_LABEL, ''),
    back: answers[0] ?? '',
    choices: wrong && answers.slice(1),
    tags: readList(tags) ?? [],
  };
}

const isCardType = (value: unknown): value is CardType => CARD_TYPES.some((type) => type === value);

function readText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value.toWellFormed().replace(CONTROL, '').trim() : null;
}

/** Undefined when it is no list of texts; a list that is not there is empty. */
function readList(value: unknown): string[] | undefined {
  if (value == null) return [];
  const texts = Array.isArray(value) ? value.map(readText) : [null];
  return texts.every((text) => text !== null) ? texts : undefined;
}

/** Letters before answers go when every answer has one: `A. osmosis` among its like, but not `C. elegans` alone. */
const withoutLetters = (answers: string[]): string[] =>
  answers.length > 1 && answers.every((answer) => LETTER_LABEL.test(answer))
    ? answers.map((answer) => answer.replace(LETTER_LABEL, ''))
    : answers;
