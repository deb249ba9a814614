// npm run test:floor: the unit tests and a start of the product, on the oldest Node that is supported.
const FILES = ['(packages|services)/[^/]+/src/', 'test/operations/start\\.test'];
process.argv.splice(3, 0, '--selectProjects', 'unit', 'pair', '--testPathPatterns', FILES.join('|'));
await import('./test.mjs');
