import { FAULTS } from './faults';
import { performAll, table } from './perform';

// The faults of three minutes; all of them are `npm run test:faults`.
test('no promise is broken by the most likely faults, and each control is caught', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
  const rows = await performAll(FAULTS.filter(({ short }) => short), seed, 3); // prettier-ignore
  console.log(table(rows, seed));
  expect(rows.flatMap(({ fault, violations }) => violations.map(({ rule, what }) => `${fault}: ${rule}: ${what}`))).toEqual([]); // prettier-ignore
  expect(rows.filter(({ caught }) => !caught).map(({ fault }) => fault)).toEqual([]);
}, 400_000);
