// Stryker counts by test what it runs, and can do so in one project only; the names of the tests come from run.mjs.
const { join } = require('node:path');
const [unit] = require('../../jest.config.cjs').projects;

const rootDir = join(__dirname, '../..');
module.exports = {
  ...unit,
  displayName: 'mutation',
  rootDir,
  roots: ['packages', 'services', 'test'].map((folder) => join(rootDir, folder)),
  testMatch: (process.env.MUTATION_TESTS ?? '').split(' ').map((file) => `<rootDir>/${file}`),
  // A package of the workspace is a link out of Stryker's copy, to files that nobody mutated.
  moduleNameMapper: { '^@flashcards/shared/(.*)$': '<rootDir>/packages/shared/src/$1' },
  // The copy lies in a folder that everyone else leaves out.
  modulePathIgnorePatterns: [],
};
