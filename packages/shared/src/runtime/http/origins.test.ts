import { NO_ORIGINS, isAllowedOrigin, parseOrigins } from './origins';

test.each(['', ' ', ','])('%j lets in no other origin', (setting) => {
  expect(parseOrigins(setting)).toEqual(NO_ORIGINS);
  expect(isAllowedOrigin('https://cards.example', NO_ORIGINS)).toBe(false);
});

test('those that are listed are let in, and none that only looks like one', () => {
  const allowed = parseOrigins('https://cards.example, http://localhost:3000,https://xn--e1afmkfd.example');
  for (const origin of ['https://cards.example', 'http://localhost:3000', 'https://xn--e1afmkfd.example'])
    expect(isAllowedOrigin(origin, allowed)).toBe(true);
  for (const origin of [
    undefined, '', 'null', '*', 'http://cards.example', 'https://cards.example:443', 'https://cards.example:8443',
    'https://cards.example/', 'https://a.cards.example', 'https://cards.example.evil.example', 'https://evilcards.example',
    'https://cards.example, https://cards.example', 'HTTPS://CARDS.EXAMPLE', 'http://localhost', 'http://localhost:30000',
  ])
    expect(isAllowedOrigin(origin, allowed)).toBe(false);
}); // prettier-ignore

test('* lets in all', () => {
  for (const origin of ['https://evil.example', 'null', undefined])
    expect(isAllowedOrigin(origin, parseOrigins('*'))).toBe(true);
});

test.each([
  ['https://cards.example/', 'https://cards.example'],
  ['https://Cards.example', 'https://cards.example'],
  ['https://cards.example:443', 'https://cards.example'],
  ['http://localhost:80', 'http://localhost'],
  ['https://cards.example/app', 'https://cards.example'],
  ['https://юзер.example', 'https://xn--e1ad2a5c.example'],
  ['cards.example', 'https://cards.example or http://localhost:3000'],
  ['null', 'https://cards.example or http://localhost:3000'],
  ['https://*.cards.example', 'https://cards.example or http://localhost:3000'],
  ['file:///page.html', 'https://cards.example or http://localhost:3000'],
  ['https://cards.example,*', 'https://cards.example or http://localhost:3000'],
])('%s would match no page, and the error says what would: %s', (setting, form) => {
  expect(() => parseOrigins(setting)).toThrow(`write ${form}`);
});
