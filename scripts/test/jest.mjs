// Runs jest as a part of a command, on the Node that runs the command.
import { runNode } from './run-node.mjs';

/**
 * Resolves with jest's exit code; a run that takes longer than its limit is killed.
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, limitMinutes?: number }} [how]
 */
export const runJest = (args, how) => runNode(process.execPath, ['node_modules/jest/bin/jest.js', ...args], how);
