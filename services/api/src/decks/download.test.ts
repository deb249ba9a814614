import { FORMATS } from '@flashcards/shared/formats/index';
import { cardsQuery, optionsFor } from './cards-query';
import { attachment } from './file-name';
import { formatFor } from './negotiate';

describe('the name of a file', () => {
  test.each([
    ['Photosynthesis', `attachment; filename="Photosynthesis.csv"; filename*=UTF-8''Photosynthesis.csv`],
    ['光合作用', `attachment; filename="deck.csv"; filename*=UTF-8''%E5%85%89%E5%90%88%E4%BD%9C%E7%94%A8.csv`],
    [
      '光合作用 第1章',
      `attachment; filename="deck.csv"; filename*=UTF-8''%E5%85%89%E5%90%88%E4%BD%9C%E7%94%A8%20%E7%AC%AC1%E7%AB%A0.csv`,
    ],
    ['Café (1)', `attachment; filename="Cafe (1).csv"; filename*=UTF-8''Caf%C3%A9%20%281%29.csv`],
    ['../../etc/passwd', `attachment; filename="etc passwd.csv"; filename*=UTF-8''etc%20passwd.csv`],
    ['a"; filename="b', `attachment; filename="a filename b.csv"; filename*=UTF-8''a%20%3B%20filename%3D%20b.csv`],
    ['x\r\nSet-Cookie: a=b', `attachment; filename="x Set-Cookie ab.csv"; filename*=UTF-8''x%20Set-Cookie%20a%3Db.csv`],
    ['invoice\u202Efdp.exe', `attachment; filename="invoice fdp.exe.csv"; filename*=UTF-8''invoice%20fdp.exe.csv`],
    ['CON', `attachment; filename="CON-deck.csv"; filename*=UTF-8''CON-deck.csv`],
    ['...', `attachment; filename="deck.csv"; filename*=UTF-8''deck.csv`],
    ['', `attachment; filename="deck.csv"; filename*=UTF-8''deck.csv`],
    ['a\uD800b', `attachment; filename="a b.csv"; filename*=UTF-8''a%20b.csv`],
  ])('for the title %j is safe and says it in UTF-8', (title, header) => {
    expect(attachment(title, 'csv')).toBe(header);
  });

  test('is at most 80 characters long and ends in none that is cut in two', () => {
    expect(decodeURIComponent(attachment('😀'.repeat(300), 'csv').split("''")[1] ?? '')).toBe(`${'😀'.repeat(80)}.csv`);
  });
});

describe('the format', () => {
  test.each([
    [undefined, undefined, 'json'],
    [undefined, '*/*', 'json'],
    [undefined, 'text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    [undefined, 'text/csv', 'csv'],
    [undefined, 'application/json;q=0.5, text/tab-separated-values', 'tsv'],
    [undefined, 'text/*', 'csv'],
    [undefined, 'text/*, text/csv;q=0', 'tsv'],
    [undefined, 'application/x-apkg', 'apkg'],
    ['markdown', 'text/html', 'markdown'],
  ] as const)('named %s, with Accept %s, is %s', (named, accept, format) => {
    expect(formatFor(named, accept)).toBe(format);
  });

  test.each(['text/html', 'image/png, application/pdf', 'text/csv;q=0', ''])(
    'is refused where %j is accepted',
    (accept) => {
      expect(() => formatFor(undefined, accept)).toThrow(expect.objectContaining({ code: 'not_acceptable' }));
    },
  );

  test('takes the options it names and no others', () => {
    expect(optionsFor('csv', { format: 'csv', bom: true })).toEqual({ bom: true });
    expect(() => optionsFor('json', { bom: true, deck: 'x' })).toThrow(
      expect.objectContaining({
        details: {
          errors: [
            { pointer: '/query/bom', detail: 'is not an option of the format json' },
            { pointer: '/query/deck', detail: 'is not an option of the format json' },
          ],
        },
      }),
    );
  });

  test('names only options that the query has', () => {
    const known = Object.keys(cardsQuery.describe().keys as object);
    for (const { options } of Object.values(FORMATS)) for (const option of options) expect(known).toContain(option);
  });
});
