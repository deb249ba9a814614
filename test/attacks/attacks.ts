import type { Attack } from './attack';
import { BODIES } from './rows/bodies';
import { EDGE } from './rows/edge';
import { ERASURES } from './rows/erasures';
import { EXPORTS } from './rows/exports';
import { KEYS } from './rows/keys';
import { LOOPS } from './rows/loops';
import { SHARES } from './rows/shares';
import { WEBHOOKS } from './rows/webhooks';

/** Every attack that once worked, in the order of its row. */
export const ATTACKS: readonly Attack[] = [
  ...BODIES,
  ...LOOPS,
  ...SHARES,
  ...EDGE,
  ...KEYS,
  ...EXPORTS,
  ...ERASURES,
  ...WEBHOOKS,
].sort((a, b) => a.row - b.row);
