import type { Attack } from './attack';
import { Stage } from './stage';

/** A test of each attack, and one of its control, on services that they share. */
export function holdAgainst(attacks: readonly Attack[]): void {
  jest.setTimeout(90_000);
  const stage = new Stage();
  afterAll(() => stage.close());
  describe.each(attacks.map((one) => ({ title: `attack ${one.row}, ${one.name}`, one })))('$title', ({ one }) => {
    test(one.holds, async () => {
      expect(await one.play(stage)).toEqual([]);
    });
    test(`the control is caught: ${one.control.what}`, async () => {
      expect(await one.control.play(stage)).not.toEqual([]);
    });
  });
}
