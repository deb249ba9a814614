import { FAULTS } from './faults';
import { performAll, table } from './perform';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const only = process.env['FAULTS'] ?? '';

test('no promise is broken by any fault, and each control is caught', async () => {
  const faults = FAULTS.filter(({ name }) => name.includes(only));
  const rows = await performAll(faults, seed, Number(process.env['AT_ONCE'] ?? 4));
  console.log(table(rows, seed));
  expect(rows.flatMap(({ fault, violations }) => violations.map(({ rule, what }) => `${fault}: ${rule}: ${what}`))).toEqual([]); // prettier-ignore
  expect(rows.filter(({ caught }) => !caught).map(({ fault }) => fault)).toEqual([]);
}, 1_200_000);
