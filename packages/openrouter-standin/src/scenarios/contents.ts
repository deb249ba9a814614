import type { Answer } from '../chat/answer';
import { contentText } from '../chat/answer';
import { isObject } from '../chat/chat-request';
import type { Json } from '../chat/chat-request';
import { numberParam } from './scenario';
import type { Params, Scenario, ScenarioTable } from './scenario';

const text = (answer: Answer): string => contentText(answer.content);

const scenario = (
  about: string,
  change: (answer: Answer, params: Params) => Partial<Answer>,
  params?: Scenario['params'],
): Scenario => ({
  about,
  ...(params ? { params } : {}),
  run: (_call, given, serve) => serve({ answer: (answer) => ({ ...answer, ...change(answer, given) }) }),
});

/** Changes the list of cards in the answer's JSON. */
const cards = (answer: Answer, change: (cards: Json[]) => unknown): Partial<Answer> => {
  const parsed: unknown = JSON.parse(text(answer));
  const list = isObject(parsed) && Array.isArray(parsed['cards']) ? parsed['cards'].filter(isObject) : [];
  return { content: JSON.stringify({ cards: change(list) }) };
};
const eachCard = (answer: Answer, change: (card: Json, index: number) => Json): Partial<Answer> =>
  cards(answer, (list) => list.map(change));

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : isObject(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        )
      : value;

/** A field of a card as text. */
const words = (value: unknown): string => (typeof value === 'string' ? value : '');

const withoutFields = (card: Json, name: string): Json =>
  Object.fromEntries(Object.entries(card).filter(([key]) => key !== name));

/** Faulty JSON around the cards. */
const cut = (answer: Answer, params: Params): string =>
  text(answer).slice(0, Math.floor(text(answer).length * numberParam(params, 'share', 0.6)));
const SHARE = { share: 'how much of the answer is kept, default 0.6' };
const FOREIGN = [
  ['Қандай жауап дұрыс?', 'Бұл дұрыс жауап.'],
  ['Ποια είναι η σωστή απάντηση;', 'Αυτή είναι η απάντηση.'],
];
const foreign = (index: number): readonly string[] => FOREIGN[index % FOREIGN.length] ?? [];

/** Answers with other content than was requested. */
export const contents: ScenarioTable = {
  blank: scenario('Empty content, `stop`.', () => ({ content: '' })),
  null: scenario('`content` is null.', () => ({ content: null })),
  whitespace: scenario('Only blanks.', () => ({ content: ' \n\n ' })),
  refusal: scenario('`message.refusal` is set, the content is null.', () => ({
    content: null,
    refusal: 'I cannot help with that.',
  })),
  content_parts: scenario('`content` is a list of parts.', (answer) => ({
    content: [{ type: 'text', text: text(answer) }],
  })),
  length: scenario(
    'Cut, with `finish_reason: length`.',
    (answer, params) => ({ content: cut(answer, params), finishReason: 'length' }),
    SHARE,
  ),
  truncated: scenario(
    'Cut, though `finish_reason` is `stop`.',
    (answer, params) => ({ content: cut(answer, params) }),
    SHARE,
  ),
  fenced: scenario('JSON inside a Markdown fence.', (answer) => ({ content: '```json\n' + text(answer) + '\n```' })),
  fenced_unclosed: scenario('A fence that is never closed.', (answer) => ({ content: '```json\n' + text(answer) })),
  prose: scenario('Sentences before and after the JSON.', (answer) => ({
    content: `Sure, here are the cards:\n\n${text(answer)}\n\nTell me if you want more.`,
  })),
  prose_only: scenario('Only prose.', () => ({ content: 'I have read the text and it is very interesting.' })),
  broken: scenario('JSON with a stray character in the middle.', (answer) => ({
    content: text(answer).replace(/"front":/, '"front"=: '),
  })),
  trailing_comma: scenario('A comma before closing brackets.', (answer) => ({
    content: text(answer).replace(/\]\}$/, ',]}'),
  })),
  unquoted_keys: scenario('Keys without quotation marks.', (answer) => ({
    content: text(answer).replace(/"(quote|type|front|back|choices|tags)":/g, '$1:'),
  })),
  missing_bracket: scenario('The last brackets are missing.', (answer) => ({
    content: text(answer).replace(/\]\}$/, ''),
  })),
  full_width: scenario('Full-width punctuation as JSON syntax.', (answer) => ({
    content: text(answer).replace(/":/g, '"：').replace(/","/g, '"，"'),
  })),
  pretty: scenario('Pretty-printed, keys sorted.', (answer) => ({
    content: JSON.stringify(sorted(JSON.parse(text(answer))), null, 2),
  })),
  wrong_type: scenario('`cards` is an object.', (answer) => cards(answer, (list) => ({ ...list }))),
  missing_required: scenario('Every second card has no `back`.', (answer) =>
    eachCard(answer, (card, i) => (i % 2 ? withoutFields(card, 'back') : card)),
  ),
  extra_property: scenario('Cards have fields that the schema does not have.', (answer) =>
    eachCard(answer, (card) => ({ ...card, id: 'x', score: 1 })),
  ),
  empty_list: scenario('No cards.', (answer) => cards(answer, () => [])),
  duplicates: scenario('Every card comes twice.', (answer) =>
    cards(answer, (list) => list.flatMap((card) => [card, card])),
  ),
  too_many: scenario('Three times as many cards as wanted.', (answer) =>
    cards(answer, (list) =>
      [1, 2, 3].flatMap((n) =>
        list.map((card) => (n === 1 ? card : { ...card, front: `${words(card['front'])} (${n})` })),
      ),
    ),
  ),
  invented_quotes: scenario('No quote occurs in the text.', (answer) =>
    eachCard(answer, (card, i) => ({ ...card, quote: `Nobody ever wrote sentence number ${i + 1} of this text.` })),
  ),
  leaks: scenario('Every front gives its answer away.', (answer) =>
    eachCard(answer, (card) => ({ ...card, front: `${words(card['front'])} (${words(card['back'])})` })),
  ),
  control_chars: scenario('Raw control characters inside strings.', (answer) => ({
    content: text(answer).replace(/"front":"/g, '"front":"\u0001\t\n'),
  })),
  html_in_card: scenario('Cards with markup and a script.', (answer) =>
    eachCard(answer, (card) => ({
      ...card,
      back: `<b onclick="alert(1)">${words(card['back'])}</b><script>alert(1)</script>`,
    })),
  ),
  prompt_echo: scenario('The system message comes back as a card.', (answer) =>
    eachCard(answer, (card, i) => (i === 0 ? { ...card, back: 'You are an assistant that writes flashcards.' } : card)),
  ),
  wrong_language: scenario('Cards are in other scripts than requested.', (answer) =>
    eachCard(answer, (card, i) => ({
      ...card,
      type: 'basic',
      front: foreign(i)[0],
      back: foreign(i)[1],
      choices: null,
    })),
  ),
  finish_null: scenario('`finish_reason` is null.', () => ({ finishReason: null })),
  finish_unknown: scenario('The `finish_reason` is unknown.', () => ({ finishReason: 'sim_unknown' })),
  content_filter: scenario(
    'Cut by a filter: `finish_reason: content_filter`.',
    (answer, params) => ({
      content: cut(answer, params),
      finishReason: 'content_filter',
    }),
    SHARE,
  ),
  choice_error: scenario('Part of an answer, and an error in `choices[0].error`.', (answer) => ({
    content: cut(answer, {}),
    finishReason: 'error',
    choiceError: {
      code: 502,
      message: 'Provider disconnected mid-stream',
      metadata: { error_type: 'provider_unavailable' },
    },
  })),
  dated_model: scenario('The reply names a dated snapshot of the model.', (answer) => ({
    model: `${answer.model}-20260420`,
  })),
};
