const swc = [
  '@swc/jest',
  {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022', keepClassNames: true },
    module: { type: 'commonjs' },
    sourceMaps: 'inline',
  },
];
const STORE = '/packages/shared/src/store/';
/**
 * @param {string} displayName
 * @param {string[]} testMatch
 */
const project = (displayName, testMatch, more = {}) => ({
  displayName,
  rootDir: __dirname,
  testEnvironment: 'node',
  testMatch,
  transform: { '^.+\\.ts$': swc },
  modulePathIgnorePatterns: ['/dist/', '/\\.cache/', '/\\.data/'],
  testEnvironmentOptions: { customExportConditions: ['@flashcards/source', 'node', 'require', 'default'] },
  ...more,
});
module.exports = {
  // More than a busy machine needs for any test that names no time of its own: only a failure waits so long.
  testTimeout: 30_000,
  projects: [
    project('unit', ['<rootDir>/{packages,services}/*/src/**/*.test.ts'], {
      testPathIgnorePatterns: ['/node_modules/', STORE],
    }),
    // Beside its code like those of `unit`, but each file starts a Redis of its own.
    project('store', [`<rootDir>${STORE}**/*.test.ts`]),
    project('pair', ['<rootDir>/test/**/*.test.ts']),
    // Long, and with programs that not every machine has: by its own command only.
    project('faults', ['<rootDir>/test/faults/*.suite.ts']),
    project('attacks', ['<rootDir>/test/attacks/*.suite.ts']),
    project('monitoring', ['<rootDir>/test/monitoring/*.suite.ts']),
    project('browser', ['<rootDir>/test/browser/*.suite.ts']),
    // Judges by time, which a busy machine and CI would not let it.
    project('turns', ['<rootDir>/test/attacks/turns/*.suite.ts']),
  ],
  reporters: ['default', '<rootDir>/scripts/test/closing-line-reporter.cjs'],
};
