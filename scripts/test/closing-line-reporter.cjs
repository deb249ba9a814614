// CI reads a plain "N passed, N failed" line: printed last, after jest's own summary.
const { writeSync } = require('node:fs');

module.exports = class ClosingLineReporter {
  /**
   * @param {unknown} _contexts
   * @param {Record<'numFailedTests' | 'numRuntimeErrorTestSuites' | 'numPassedTests' | 'numPendingTests' | 'numTodoTests', number>} results
   */
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    process.once('exit', () =>
      writeSync(1, `\nTests: ${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`),
    );
  }
};
