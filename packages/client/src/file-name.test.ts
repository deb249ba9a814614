import { fileNameOf } from './file-name';

const named = (disposition: string): string | undefined =>
  fileNameOf(new Headers({ 'Content-Disposition': disposition }));
const extended = (name: string): string | undefined =>
  named(`attachment; filename=deck.csv; filename*=UTF-8''${encodeURIComponent(name)}`);

test.each(['光合作用 第1章.csv', 'Café (1).apkg', 'CON-deck.2024 notes.md', '👩\u200d👧 ❤\ufe0f.txt', 'deck.csv'])(
  'the name %j is taken as it is',
  (name) => {
    expect(extended(name)).toBe(name);
  },
);

test.each([
  ['../../etc/passwd', 'etc passwd'],
  ['C:\\Windows\\x.csv', 'C Windows x.csv'],
  ['.bashrc', 'deck.bashrc'],
  ['-rf.csv', 'rf.csv'],
  ['NUL.csv', 'NUL-deck.csv'],
  ['con.notes.csv', 'con-deck.notes.csv'],
  ['LPT² .csv', 'LPT²-deck.csv'],
  ['a. . .csv', 'a.csv'],
  ['a\r\n\u0007b.csv', 'a b.csv'],
  ['invoice\u202efdp.exe', 'invoice fdp.exe'],
  ['...', 'deck'],
])('the name %j of a server becomes %j', (name, safe) => {
  expect(extended(name)).toBe(safe);
});

test('a name has at most 255 bytes with its ending, and ends in a whole character', () => {
  const family = '👩\u200d👧';
  const name = extended(`a${family.repeat(80)}.markdown`) ?? '';
  expect(new TextEncoder().encode(name).length).toBeLessThanOrEqual(255);
  expect(name).toMatch(new RegExp(`^a(?:${family})+\\.markdown$`, 'u'));
});

test('a name that is not encoded as it says gives way to the plain one', () => {
  expect(named("attachment; filename=deck.csv; filename*=UTF-8''%E5%85%A")).toBe('deck.csv');
  expect(named("attachment; filename*=UTF-8''%ZZ")).toBeUndefined();
  expect(named('attachment')).toBeUndefined();
});
