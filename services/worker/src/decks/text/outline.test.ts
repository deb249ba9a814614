import { headingsAbove, isInSolid, outlineOf, tableAt } from './outline';

const TEXT = [
  '# 1. Plants',
  'Intro.',
  '## Leaves',
  'Text.',
  '```py',
  '# a comment, no heading',
  '',
  'x = 1',
  '```',
  '| a | b |',
  '|---|---|',
  '| 1 | 2 |',
  '| 3 | 4 |',
  '',
  '### Veins',
  'More.',
  '# Animals',
  'End.',
].join('\n');
const outline = outlineOf(TEXT);
const titles = (at: string): string[] => headingsAbove(outline, TEXT.indexOf(at)).map(({ title }) => title);

describe('the outline of a text', () => {
  it('has the path of headings above each place, without marks and numbers', () => {
    expect(titles('Intro')).toEqual(['Plants']);
    expect(titles('x = 1')).toEqual(['Plants', 'Leaves']);
    expect(titles('More')).toEqual(['Plants', 'Leaves', 'Veins']);
    expect(titles('End')).toEqual(['Animals']);
  });

  it('takes no comment in code for a heading', () => {
    expect(outline.headings.map(({ title }) => title)).toEqual(['Plants', 'Leaves', 'Veins', 'Animals']);
  });

  it('knows chapters in Chinese', () => {
    const chinese = outlineOf('第一章 光合作用\n正文。\n第二节 暗反应\n正文二。\n第二章 呼吸\n完。');
    expect(chinese.headings.map(({ level, title }) => [level, title])).toEqual([
      [1, '光合作用'],
      [2, '暗反应'],
      [1, '呼吸'],
    ]);
  });

  it('keeps code and tables whole, and knows the head of a table in the middle of it', () => {
    expect(isInSolid(outline, TEXT.indexOf('x = 1'))).toBe(true);
    expect(isInSolid(outline, TEXT.indexOf('```py'))).toBe(false);
    expect(isInSolid(outline, TEXT.indexOf('| 1 |'))).toBe(true);
    expect(isInSolid(outline, TEXT.indexOf('### Veins'))).toBe(false);
    expect(tableAt(outline, TEXT.indexOf('| 3 |'))?.head).toBe('| a | b |\n|---|---|');
    expect(tableAt(outline, TEXT.indexOf('x = 1'))).toBeNull();
  });

  it('of running text is empty', () => {
    expect(outlineOf('Only text.\nAnd more of it.')).toEqual({ headings: [], solids: [] });
  });
});
