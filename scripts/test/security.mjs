// npm run test:security: the tests of who may do what, and of what hostile requests and broken secrets come to.
const FILES = [
  'test/security/',
  'test/attacks/quick',
  'test/[a-z]+/(keys|key-ring|tenants|limits|budgets|erasure|erasure-cache|overload|retention|webhooks)\\.',
  'src/.*(api-key|sealed|audit|allowance|safe-url|webhook-url|webhook-secret|sign|openapi|prompt|logger)\\.test',
  'api/src/.*/(access|failed-keys|authenticate|idempotency|problem)\\.test',
];
process.argv.splice(3, Infinity, '--selectProjects', 'unit', 'pair', '--testPathPatterns', FILES.join('|'));
await import('./test.mjs');
