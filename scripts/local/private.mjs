// What is kept of texts and secrets is for the user who runs it, and for nobody else on the machine.
import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../errors.mjs';

const OTHERS = 0o077;

/** Files and folders that this process and its children make from now on are for their owner alone. */
export const keepPrivate = () => void process.umask(OTHERS);

/**
 * Takes from others what they may do with these paths, and with all below them. An earlier version left it to them.
 * @param {string} folder
 * @param {readonly string[]} names in it; those that are not there are left out
 */
export function takeFromOthers(folder, names) {
  for (const path of names.map((name) => join(folder, name))) {
    try {
      const found = lstatSync(path);
      if (found.isSymbolicLink()) continue;
      if (found.mode & OTHERS) chmodSync(path, found.mode & ~OTHERS & 0o7777);
      if (found.isDirectory()) takeFromOthers(path, readdirSync(path));
    } catch (error) {
      // Gone meanwhile: a Redis that ends may still tidy up.
      if (codeOf(error) !== 'ENOENT') throw error;
    }
  }
}
