// A program that ends when the process that started it does, however that ends. CommonJS, as the tests use it too.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

/**
 * The path of a program, or undefined where there is none.
 * @param {string} name
 */
const onPath = (name) =>
  (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

/**
 * The program and its arguments to spawn. The kernel sends it SIGTERM at our end; without setpriv it may outlive us.
 * @param {string} program
 * @param {readonly string[]} args
 * @returns {[string, string[]]}
 */
const tied = (program, args) => {
  const setpriv = onPath('setpriv');
  return setpriv ? [setpriv, ['--pdeathsig', 'TERM', program, ...args]] : [program, [...args]];
};

module.exports = { onPath, tied };
