import { readJson } from './repair';

describe('text that is already JSON', () => {
  it.each([
    '{"a":"x\\ny\\t\\"z\\" \\\\ \\/ \\u00e9"}',
    '{"a":[1,{"b":null}]}',
    '{"a":"：，｛｝"}',
    '{"a":"x\\nnot sure"}',
  ])('is read as it is: %s', (json) => {
    expect(readJson(json)).toEqual({ value: JSON.parse(json), step: 'plain' });
  });
});

describe('formulas written with single backslashes', () => {
  it.each([
    ['illegal escapes', String.raw`{"a":"\(x\) \alpha \sqrt{2} \{"}`, String.raw`\(x\) \alpha \sqrt{2} \{`],
    [
      'escapes that JSON takes for control characters',
      String.raw`{"a":"\frac{1}{2} \beta \times \rho \nabla \text{m}"}`,
      String.raw`\frac{1}{2} \beta \times \rho \nabla \text{m}`,
    ],
    ['commands that begin like a code point', String.raw`{"a":"\underline{x} \u00e9"}`, String.raw`\underline{x} é`],
    ['beside properly doubled ones', String.raw`{"a":"\\frac{1}{2} \(x\)"}`, String.raw`\frac{1}{2} \(x\)`],
  ])('survive: %s', (_name, json, text) => {
    expect(readJson(json)).toEqual({ value: { a: text }, step: 'backslashes' });
  });

  it('are not seen in line ends and tabs before words', () => {
    expect(readJson(String.raw`{"a":"one\ntwo\tthree\ne poi\rend"}`)).toMatchObject({
      value: { a: 'one\ntwo\tthree\ne poi\rend' },
    });
  });
});

describe('small slips', () => {
  it.each([
    ['raw line ends and bells in a string', '{"a":"x\ny\u0007"}', { a: 'x\ny\u0007' }],
    ['full-width punctuation between strings', '{"a"："x，y"，"b"：［"：" ］｝', { a: 'x，y', b: ['：'] }],
    ['a comma before a closing bracket', '{"a":["x",],"b":",}",}', { a: ['x'], b: ',}' }],
  ])('are mended: %s', (_name, json, value) => {
    expect(readJson(json)).toEqual({ value, step: 'mended' });
  });
});

describe('quotation marks without a backslash', () => {
  it.each([
    ['in a question', '{"front":"什么是"人工智能"？","back":"x"}', { front: '什么是"人工智能"？', back: 'x' }],
    ['before a full-width comma', '{"front":"称为"道"，意思是","back":""}', { front: '称为"道"，意思是', back: '' }],
    ['at the end', '{"front":"he said "no"","back":"x"}', { front: 'he said "no"', back: 'x' }],
    ['at the start', '{"front":""No" is a word","back":"x"}', { front: '"No" is a word', back: 'x' }],
    ['before a comma', '{"front":"a "b", then c","back":"x"}', { front: 'a "b", then c', back: 'x' }],
    ['in a list', '{"choices":["a "b" c","d"],"back":"x"}', { choices: ['a "b" c', 'd'], back: 'x' }],
    ['German ones', '{"front":"Was heißt „Wort"?","back":"x"}', { front: 'Was heißt „Wort"?', back: 'x' }],
    [
      'beside a formula',
      String.raw`{"front":"ist "\alpha" so","back":"x"}`,
      { front: String.raw`ist "\alpha" so`, back: 'x' },
    ],
    ['beside full-width signs', '{"front"："是"熵"吗"，"back"："x"｝', { front: '是"熵"吗', back: 'x' }],
  ])('are escaped: %s', (_name, json, value) => {
    expect(readJson(json)).toEqual({ value, step: 'requoted' });
  });
});

describe('the library that repairs nearly anything comes last', () => {
  it.each([
    ['keys without marks', '{front: "a", back: "b"}', { front: 'a', back: 'b' }],
    ['single marks', "{'front': 'a', 'back': 'b'}", { front: 'a', back: 'b' }],
    ['a missing comma', '{"front":"a" "back":"b"}', { front: 'a', back: 'b' }],
    [
      'formulas, which it would corrupt',
      String.raw`{front: "\frac{1}{2} \alpha"}`,
      { front: String.raw`\frac{1}{2} \alpha` },
    ],
    ['raw controls, on which it would throw', '{front: "a\u0007"}', { front: 'a\u0007' }],
  ])('%s', (_name, json, value) => {
    expect(readJson(json)).toEqual({ value, step: 'repaired' });
  });

  it('and gives up on what is nothing', () => {
    expect(readJson('{"front"=: "a"}')?.step ?? 'none').toMatch(/none|repaired/);
  });
});
