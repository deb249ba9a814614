import { cardEditSchema } from '@flashcards/shared/contract/card-edit';
import { submitSchema } from '@flashcards/shared/contract/job';
import type { Validates } from '@flashcards/shared/contract/schema';
import { cardsQuery } from '../decks/cards-query';
import { listJobs } from '../handlers/jobs/list-jobs';
import { newKeySchema } from '../keys/key-requests';
import { type invalidRequest, validate } from './validate';

const limits = { maxTextChars: 10_000, maxCards: 50, models: ['standin/extractive'] };
const submit = submitSchema(limits);
const text = 'Chlorophyll absorbs light.';

/** What a client reads of a request that breaks a rule: the summary, and each field's own words. */
function refusalOf(schema: Validates<unknown>, value: unknown, root = '', convert = false) {
  try {
    validate(schema, value, root, convert);
    return null;
  } catch (error) {
    const { message, details } = error as ReturnType<typeof invalidRequest>;
    return { detail: message, errors: details.errors };
  }
}

test.each([
  ['only white space', { text: ' \n ' }, '`text` contains only white space.'],
  ['no text', {}, '`text` is required.'],
  ['an empty text', { text: '' }, '`text` must not be empty.'],
  ['a text that is a number', { text: 7 }, '`text` must be a text.'],
  ['a text that is too long', { text: 'x'.repeat(12_000) }, '`text` has 12,000 characters; at most 10,000 are allowed.'],
  ['a control character', { text: 'a\u0007' }, '`text` contains a control character; only tab, CR and LF are allowed.'],
  ['half a character', { text: 'a\ud800' }, '`text` contains half of a character (a lone surrogate).'],
  ['too many cards', { text, options: { cards: 51 } }, '`options.cards` must be at most 50, not 51.'],
  ['no cards', { text, options: { cards: 0 } }, '`options.cards` must be at least 1, not 0.'],
  ['half a card', { text, options: { cards: 2.5 } }, '`options.cards` must be a whole number, not 2.5.'],
  ['no type', { text, options: { types: [] } }, '`options.types` must have at least 1 item.'],
  ['a type twice', { text, options: { types: ['basic', 'basic'] } }, '`options.types.1` repeats an item before it.'],
  ['a type that is none', { text, options: { types: ['x'] } }, '`options.types.0` must be one of `basic`, `reversed`, `cloze`, `choice`.'],
  ['types that are no list', { text, options: { types: 'basic' } }, '`options.types` must be a list.'],
  ['options that are no object', { text, options: [] }, '`options` must be an object.'],
  ['a language in words', { text, options: { language: 'auto or so' } }, '`options.language` must be `auto` or a tag such as `en` or `zh-Hans`.'],
  ['a tag of two words', { text, options: { tags: ['a b'] } }, '`options.tags.0` cannot contain spaces or commas.'],
  ['another model', { text, options: { model: 'x/y' } }, '`options.model` must be `standin/extractive`.'],
  ['an unknown field', { text, colour: 'red' }, '`colour` is not a known field.'],
  ['two problems', { text: '', colour: 'red' }, '`text` must not be empty (and 1 more: see `errors`).'],
  ['no body', undefined, 'The request must be an object.'],
])('a submit with %s says what was found and what is allowed', (_what, body, detail) => {
  expect(refusalOf(submit, body)?.detail).toBe(detail);
}); // prettier-ignore

test('a refusal names every field by a pointer, with the rule alone beside it', () => {
  expect(refusalOf(submit, { text: ' ', options: { 'a/b~': 1, cards: 51 } }, '/jobs/3')).toEqual({
    detail: '`jobs.3.text` contains only white space (and 2 more: see `errors`).',
    errors: [
      { pointer: '/jobs/3/text', detail: 'contains only white space' },
      { pointer: '/jobs/3/options/cards', detail: 'must be at most 50, not 51' },
      { pointer: '/jobs/3/options/a~1b~0', detail: 'is not a known field' },
    ],
  });
});

test('what a query, an edit or a key breaks is said in the same words', () => {
  const query = (schema: Validates<unknown> | undefined, value: object) =>
    schema && refusalOf(schema, value, '/query', true)?.detail;
  expect(query(listJobs.query, { cursor: 'page 2' })).toBe('`cursor` must be a `next_cursor` from an earlier answer.');
  expect(query(listJobs.query, { limit: '1000' })).toBe('`limit` must be at most 100, not 1,000.');
  expect(query(cardsQuery, { format: 'pdf' })).toMatch(/^`format` must be one of `json`, `jsonl`, /);
  expect(query(cardsQuery, { deck: 'two\nlines' })).toBe('`deck` must be one line.');
  expect(refusalOf(cardEditSchema, {})?.detail).toBe('The request must have at least 1 field.');
  expect(refusalOf(newKeySchema, { tenant: 'open' })?.detail).toBe('`tenant` cannot be `open`.');
  expect(refusalOf(newKeySchema, { tenant: 'ann', name: 'x'.repeat(101), expires_days: 0 })?.errors).toEqual([
    { pointer: '/name', detail: 'has 101 characters; at most 100 are allowed' },
    { pointer: '/expires_days', detail: 'must be more than 0, not 0' },
  ]);
});
