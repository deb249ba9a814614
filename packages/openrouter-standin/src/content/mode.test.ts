import type { Task } from '../chat/chat-request';
import { TEXTS } from '../fixtures/texts';
import type { DraftCard } from './card';
import { contentFor } from './mode';

const task = (text: string, change: Partial<Task['wanted']> = {}): Task => ({
  text,
  wanted: {
    cards: 10,
    types: ['basic', 'cloze'],
    language: null,
    difficulty: 'medium',
    answerLength: 'medium',
    focus: '',
    kept: [],
    ...change,
  },
});
const cards = (json: string): DraftCard[] => (JSON.parse(json) as { cards: DraftCard[] }).cards;
const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};
const texts = Object.values(TEXTS);

describe('the canned model', () => {
  it('cuts three quotes out of any text', () => {
    for (const text of texts) {
      const made = cards(contentFor('canned', task(text), ''));
      expect(made).toHaveLength(3);
      for (const { quote } of made) expect(text).toContain(quote);
      expect(new Set(made.map(({ front }) => front)).size).toBe(3);
    }
  });

  it.each(['basic', 'reversed', 'cloze', 'choice'] as const)('makes %s cards when only they are wanted', (type) => {
    const made = cards(contentFor('canned', task(texts[0] ?? '', { types: [type] }), ''));
    expect(made.length).toBeGreaterThan(0);
    for (const card of made) expect(card.type).toBe(type);
  });

  it('goes on where the kept cards end', () => {
    const text = texts[3] ?? '';
    const first = cards(contentFor('canned', task(text), ''));
    const next = cards(contentFor('canned', task(text, { kept: first.map(({ front }) => front) }), ''));
    for (const { front } of next) expect(first.map((card) => card.front)).not.toContain(front);
  });

  it('cuts no character in two', () => {
    for (const { quote } of cards(contentFor('canned', task('😀'.repeat(200)), '')))
      expect(quote.isWellFormed()).toBe(true);
  });

  it('writes the keys in the order of the contract', () => {
    expect(contentFor('canned', task(texts[0] ?? ''), '')).toMatch(
      /^\{"cards":\[\{"quote":".*?","type":".*?","front":".*?","back":".*?","choices":null,"tags":\[/,
    );
  });
});

describe('the noisy model', () => {
  it('says the same for the same seed and text, and something else for another seed', () => {
    const contents = texts.map((text) => contentFor('noisy', task(text), 'a'));
    expect(texts.map((text) => contentFor('noisy', task(text), 'a'))).toEqual(contents);
    expect(texts.map((text) => contentFor('noisy', task(text), 'b'))).not.toEqual(contents);
  });

  it('invents quotes and repeats cards now and then', () => {
    let [all, ungrounded, doubled, cut, broken] = [0, 0, 0, 0, 0];
    for (const text of texts)
      for (let seed = 0; seed < 10; seed += 1) {
        const content = contentFor('noisy', task(text), String(seed));
        if (!/[\]}]\s*(?:```\nTell me if you want more\.)?$/.test(content)) cut += 1;
        if (!isJson(content)) {
          broken += 1;
          continue;
        }
        const made = cards(content);
        all += made.length;
        ungrounded += made.filter(({ quote }) => !text.includes(quote)).length;
        doubled += made.length - new Set(made.map((card) => JSON.stringify(card))).size;
      }
    expect(ungrounded / all).toBeGreaterThan(0.2);
    expect(ungrounded / all).toBeLessThan(0.4);
    expect(doubled).toBeGreaterThan(0);
    expect(cut).toBeGreaterThan(0);
    expect(broken).toBeGreaterThan(cut);
  });
});
