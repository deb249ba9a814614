import { parse } from 'content-disposition';
import express from 'express';
import request from 'supertest';
import { FORMATS, type FormatName } from '@flashcards/shared/formats/index';
import { cardsQuery, optionsFor } from './cards-query';
import { attachment } from './file-name';
import { formatFor } from './format-for';

describe('the name of a file', () => {
  test.each([
    ['Photosynthesis', `attachment; filename=Photosynthesis.csv`],
    ['光合作用', `attachment; filename=deck.csv; filename*=UTF-8''%E5%85%89%E5%90%88%E4%BD%9C%E7%94%A8.csv`],
    [
      '光合作用 第1章',
      `attachment; filename=deck.csv; filename*=UTF-8''%E5%85%89%E5%90%88%E4%BD%9C%E7%94%A8%20%E7%AC%AC1%E7%AB%A0.csv`,
    ],
    ['Café (1)', `attachment; filename="Cafe (1).csv"; filename*=UTF-8''Caf%C3%A9%20%281%29.csv`],
    ['../../etc/passwd', `attachment; filename="etc passwd.csv"`],
    ['a"; filename="b', `attachment; filename="a filename b.csv"; filename*=UTF-8''a%20%3B%20filename%3D%20b.csv`],
    ['x\r\nSet-Cookie: a=b', `attachment; filename="x Set-Cookie ab.csv"; filename*=UTF-8''x%20Set-Cookie%20a%3Db.csv`],
    ['invoice\u202Efdp.exe', `attachment; filename="invoice fdp.exe.csv"`],
    ['CON', `attachment; filename=CON-deck.csv`],
    ['con.2024 notes', `attachment; filename="con-deck.2024 notes.csv"`],
    ['AUX .x', `attachment; filename="AUX-deck .x.csv"`],
    ['COM¹', `attachment; filename=COM1-deck.csv; filename*=UTF-8''COM%C2%B9-deck.csv`],
    ['ＮＵＬ', `attachment; filename=NUL-deck.csv; filename*=UTF-8''%EF%BC%AE%EF%BC%B5%EF%BC%AC.csv`],
    ['Console', `attachment; filename=Console.csv`],
    ['a\u{E0041}b\u3164\u00AD. ', `attachment; filename="a b.csv"`],
    ['...', `attachment; filename=deck.csv`],
    ['', `attachment; filename=deck.csv`],
    ['a\uD800b', `attachment; filename="a b.csv"`],
  ])('for the title %j is safe and says it in UTF-8', (title, header) => {
    expect(attachment(title, 'csv')).toBe(header);
  });

  const nameOf = (title: string, extension: string): string =>
    parse(attachment(title, extension)).parameters['filename'] ?? '';

  test('is at most 80 characters long and ends in none that is cut in two', () => {
    expect(nameOf('光'.repeat(300), 'csv')).toBe(`${'光'.repeat(80)}.csv`);
  });

  test.each([
    ['a family', '👩\u200d👩\u200d👧\u200d👦'],
    ['a flag', '🇨🇳'],
    ['letters with marks', 'ก\u0e33\u0e4c\u0e31'],
    ['a heart', '❤\ufe0f\u200d🔥'],
  ])('is not cut within %s', (_what, character) => {
    for (const before of ['', 'a', 'ab', 'abc', 'abcd']) {
      const stem = nameOf(before + character.repeat(80), 'csv').slice(0, -'.csv'.length);
      expect((stem.length - before.length) % character.length).toBe(0);
      expect(stem).toBe(before + character.repeat((stem.length - before.length) / character.length));
    }
  });

  test('has room for what makes a device a file', () => {
    const name = nameOf(`CON.${'😀'.repeat(79)}`, 'csv');
    expect(name).toMatch(/^CON-deck\.😀/u);
    expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  });

  test.each(['csv', 'markdown'])(
    'has at most the 255 bytes that a file system takes, with its ending .%s',
    (ending) => {
      for (const title of ['😀'.repeat(80), `a${'😀'.repeat(80)}`, `光${'𠮷'.repeat(79)}`]) {
        const name = nameOf(title, ending);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        expect(Buffer.byteLength(name)).toBeGreaterThan(250);
        expect(title).toMatch(new RegExp(`^${name.slice(0, -ending.length - 1)}`, 'u'));
      }
    },
  );
});

/** The format that a client gets by its `Accept`, or the status of its refusal. */
async function formatBy(accept: string | undefined, format?: FormatName): Promise<string> {
  const app = express().get('/', (request, response) => {
    const accepts = (types: readonly string[]) => request.accepts([...types]) || undefined;
    response.send(formatFor({ query: format ? { format } : {}, accepts }));
  });
  app.use(
    (error: { code: string }, _request: express.Request, response: express.Response, _next: express.NextFunction) =>
      void response.send(error.code),
  );
  return (
    await request(app)
      .get('/')
      .set(accept === undefined ? {} : { Accept: accept })
  ).text;
}

describe('the format', () => {
  test.each([
    [undefined, undefined, 'json'],
    [undefined, '*/*', 'json'],
    [undefined, '', 'json'],
    [undefined, 'text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    [undefined, 'text/csv', 'csv'],
    [undefined, 'application/json;q=0.5, text/tab-separated-values', 'tsv'],
    [undefined, 'text/*', 'csv'],
    [undefined, 'text/*, text/csv;q=0', 'tsv'],
    [undefined, 'text/markdown', 'markdown'],
    [undefined, 'application/x-apkg', 'apkg'],
    ['markdown', 'text/html', 'markdown'],
  ] as const)('named %s, with Accept %s, is %s', async (named, accept, format) => {
    expect(await formatBy(accept, named)).toBe(format);
  });

  test.each(['text/html', 'image/png, application/pdf', 'text/csv;q=0'])(
    'is refused where %j is accepted',
    async (accept) => {
      expect(await formatBy(accept)).toBe('not_acceptable');
    },
  );

  test('takes the options it names and no others', () => {
    expect(optionsFor('csv', { format: 'csv', bom: true })).toEqual({ bom: true });
    expect(() => optionsFor('json', { bom: true, deck: 'x' })).toThrow(
      expect.objectContaining({
        message: '`bom` is not an option of the format json (and 1 more: see `errors`).',
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
