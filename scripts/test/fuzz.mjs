// npm run test:fuzz -- [requests] [seed]: requests made from /openapi.json, 100,000 of them by default.
const [requests = '100000', seed] = process.argv.slice(3);
process.env.FUZZ_REQUESTS = requests;
if (seed) process.env.FUZZ_SEED = seed;
process.argv.splice(3, Infinity, '--selectProjects', 'pair', '--testPathPatterns', 'test/security/fuzz/');
await import('./test.mjs');
