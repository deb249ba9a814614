import { hostSettings } from './settings';

test.each([
  ['', true],
  ['cards.example', true],
  ['cards.example, [fd00::1],10.0.0.7', true],
  ['cards.example:8000', false],
  ['https://cards.example', false],
  ['*.example', false],
  ['a,,b', false],
])('ALLOWED_HOSTS may be %j: %p', (value, isGood) => {
  expect(hostSettings.ALLOWED_HOSTS.validate(value).error === undefined).toBe(isGood);
});
