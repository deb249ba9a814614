import { readJson } from './repair';

describe('text that is already JSON', () => {
  it.each([
    '{"a":"x\\ny\\t\\"z\\" \\\\ \\/ \\u00e9"}',
    '{"a":[1,{"b":null}]}',
    '{"a":"：，｛｝"}',
    '{"a":"x\\nnot sure"}',
  ])('is read as it is: %s', (json) => {
    expect(readJson(json)).toEqual(JSON.parse(json));
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
    expect(readJson(json)).toEqual({ a: text });
  });

  it('are not seen in line ends and tabs before words', () => {
    expect(readJson(String.raw`{"a":"one\ntwo\tthree\ne poi\rend"}`)).toEqual({ a: 'one\ntwo\tthree\ne poi\rend' });
  });
});

describe('small slips', () => {
  it.each([
    ['raw line ends and bells in a string', '{"a":"x\ny\u0007"}', { a: 'x\ny\u0007' }],
    ['full-width punctuation between strings', '{"a"："x，y"，"b"：［"：" ］｝', { a: 'x，y', b: ['：'] }],
    ['a comma before a closing bracket', '{"a":["x",],"b":",}",}', { a: ['x'], b: ',}' }],
  ])('are mended: %s', (_name, json, value) => {
    expect(readJson(json)).toEqual(value);
  });

  it('are not guessed at beyond that', () => {
    expect(readJson('{a: 1}')).toBeUndefined();
    expect(readJson('{"a":"什么是"人工智能"？"}')).toBeUndefined();
  });
});
