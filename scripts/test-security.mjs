// npm run test:security: the tests of who may do what, and of what hostile requests and broken secrets come to.
const FILES = [
  'test/security/',
  'test/(keys|tenants|limits|budgets|erasure|overload|webhooks)\\.',
  'src/.*(api-key|sealed|audit|allowance|safe-url|webhook-url|sign|openapi|prompt|logger)\\.test',
];
process.argv.splice(3, Infinity, '--selectProjects', 'unit', 'pair', '--testPathPatterns', FILES.join('|'));
await import('./test.mjs');
