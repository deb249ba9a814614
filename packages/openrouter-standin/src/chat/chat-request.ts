/** A parsed JSON object with unknown fields. */
export type Json = Record<string, unknown>;
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Message {
  readonly role: string;
  readonly content: string;
}

/** The parts of a chat request that matter to the stand-in. */
export interface ChatRequest {
  readonly models: readonly string[];
  readonly messages: readonly Message[];
  readonly stream: boolean;
  readonly maxTokens: number | null;
  readonly responseFormat: Json | null;
  readonly raw: Json;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : '')).join('');
}

const messageOf = (value: unknown): Message => {
  const message = isObject(value) ? value : {};
  const { role } = message;
  return { role: typeof role === 'string' ? role : '', content: textOf(message['content']) };
};

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** Reads a body that has passed the checks. */
export function readChatRequest(raw: Json): ChatRequest {
  const first = typeof raw['model'] === 'string' ? [raw['model']] : [];
  const limit = raw['max_tokens'] ?? raw['max_completion_tokens'];
  const messages = Array.isArray(raw['messages']) ? raw['messages'].map(messageOf) : [];
  return {
    models: [...new Set([...first, ...strings(raw['models'])])],
    messages: messages.length > 0 ? messages : [{ role: 'user', content: textOf(raw['prompt']) }],
    stream: raw['stream'] === true,
    maxTokens: typeof limit === 'number' ? limit : null,
    responseFormat: isObject(raw['response_format']) ? raw['response_format'] : null,
    raw,
  };
}

const CARD_TYPES = ['basic', 'reversed', 'cloze', 'choice'] as const;
export type CardType = (typeof CARD_TYPES)[number];

/** The options that the caller gives for the cards. */
export interface Wanted {
  readonly cards: number;
  readonly types: readonly CardType[];
  /** A BCP-47 tag, or null for the language of the text. */
  readonly language: string | null;
  readonly difficulty: 'easy' | 'medium' | 'hard';
  readonly answerLength: 'short' | 'medium' | 'detailed';
  readonly focus: string;
  /** Fronts that must not be repeated. */
  readonly kept: readonly string[];
}

export interface Task {
  readonly wanted: Wanted;
  readonly text: string;
}

const DEFAULT_CARDS = 10;
const MAX_CARDS = 100;

function optionsIn(messages: readonly Message[]): Json {
  for (const { role, content } of messages) {
    if (role === 'system' || !content.trimStart().startsWith('{')) continue;
    try {
      const parsed: unknown = JSON.parse(content);
      if (isObject(parsed)) return parsed;
    } catch {
      // These are not the options. The next message may hold them.
    }
  }
  return {};
}

const oneOf = <T extends string>(value: unknown, known: readonly T[], otherwise: T): T =>
  known.find((each) => each === value) ?? otherwise;

function wantedOf(options: Json): Wanted {
  const cards = Number(options['cards'] ?? options['count']);
  const types = strings(options['types']).flatMap((type) => CARD_TYPES.filter((known) => known === type));
  const language = typeof options['language'] === 'string' ? options['language'] : '';
  return {
    cards: cards >= 1 ? Math.min(Math.floor(cards), MAX_CARDS) : DEFAULT_CARDS,
    types: types.length > 0 ? types : ['basic', 'cloze'],
    language: language === '' || language === 'auto' || language === 'und' ? null : language,
    difficulty: oneOf(options['difficulty'], ['easy', 'medium', 'hard'], 'medium'),
    answerLength: oneOf(options['answer_length'], ['short', 'medium', 'detailed'], 'medium'),
    focus: typeof options['focus'] === 'string' ? options['focus'] : '',
    kept: strings(options['kept']),
  };
}

const OPENING_TAG = /<source-([0-9a-f]+)>/;

/** The text between `<source-…>` and its closing tag. Without tags: the whole message. */
function sourceIn(message: string): string | null {
  const opening = OPENING_TAG.exec(message);
  if (!opening) return null;
  const from = opening.index + opening[0].length;
  const to = message.indexOf(`</source-${opening[1]}>`, from);
  return message.slice(from, to < 0 ? undefined : to);
}

/** What the messages request: the options in the first one that is a JSON object, and the text of the cards. */
export function taskOf(messages: readonly Message[]): Task {
  const users = messages.filter(({ role }) => role !== 'system' && role !== 'developer' && role !== 'assistant');
  const wanted = wantedOf(optionsIn(users));
  for (let i = users.length - 1; i >= 0; i -= 1) {
    const text = sourceIn(users[i]?.content ?? '');
    if (text !== null) return { wanted, text };
  }
  return { wanted, text: users.at(-1)?.content ?? '' };
}
