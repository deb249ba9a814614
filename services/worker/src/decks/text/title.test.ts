import { deckTitle } from './title';

describe('the title of a deck', () => {
  it.each([
    ['is the one asked for', '# Other', { title: ' Mine ' }, 'Mine'],
    ['is the first heading', 'Intro.\n\n## **Cell** `biology` ##\ntext', {}, 'Cell biology'],
    ['is the first sentence where there is no heading', '\n光合作用是一种过程。第二句。', {}, '光合作用是一种过程'],
    ['is the first sentence where a blank title is asked for', 'First one. Second.', { title: '  ' }, 'First one'],
    ['has no marks of Markdown', '> - [Cells](http://x) are **small**.\nMore.', {}, 'Cells are small'],
    ['is never empty', '###', {}, '###'],
    ['is never empty, whatever the text', '\u200B', {}, '\u200B'],
  ])('%s', (_name, text, options, title) => {
    expect(deckTitle(text, options)).toBe(title);
  });

  it('is at most 40 Chinese characters', () => {
    expect(deckTitle('光'.repeat(100), {})).toBe(`${'光'.repeat(39)}…`);
  });

  it('is at most 80 Latin letters, of whole words', () => {
    const title = deckTitle('photosynthesis '.repeat(20), {});
    expect(title).toBe('photosynthesis photosynthesis photosynthesis photosynthesis photosynthesis…');
  });

  it('tears no emoji', () => {
    expect(deckTitle('👩‍🔬'.repeat(40), {})).toMatch(/^(👩‍🔬)+…$/u);
  });
});
