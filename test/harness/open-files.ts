import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** What anybody but its owner may do something with: paths below a folder, with their modes. */
export const openFiles = (below: string): string[] =>
  readdirSync(below, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, mode: lstatSync(join(below, name)).mode & 0o777 }))
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ name, mode }) => `${name} ${mode.toString(8)}`);
