import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** Rows of the security checklist that the services and nginx show -> the tests that hold them: file, part of a title. */
const ROWS: Readonly<Record<number, readonly (readonly [string, string])[]>> = {
  1: [['test/security/http.test.ts', 'row 1:'], ['test/tenants/tenants.test.ts', 'needs a key unless it is public']],
  2: [['test/tenants/keys.test.ts', 'unknown, revoked, expired and malformed keys get one and the same answer']],
  3: [['test/security/http.test.ts', 'row 3:']],
  4: [['test/tenants/keys.test.ts', 'of a key only a hash is in Redis']],
  5: [['packages/shared/src/security/api-key.test.ts', 'row 5:'], ['packages/shared/src/security/api-key.test.ts', 'what is stored of a key depends on the pepper']],
  6: [['packages/shared/src/security/api-key.test.ts', 'is none, without a look-up']],
  7: [['test/tenants/keys.test.ts', 'unknown, revoked, expired']],
  8: [['test/tenants/keys.test.ts', 'while a key is rotated both are good']],
  9: [['test/tenants/tenants.test.ts', "of another tenant's job is a 404"]],
  10: [['test/tenants/tenants.test.ts', "of another tenant's job is a 404"], ['test/tenants/tenants.test.ts', 'a list shows what is its own alone']],
  11: [['services/api/src/jobs/idempotency.test.ts', 'without a key every job has an id of its own']],
  12: [['test/tenants/tenants.test.ts', 'an idempotency key and a cached result of one tenant']],
  13: [['test/tenants/tenants.test.ts', 'an idempotency key and a cached result of one tenant']],
  14: [['test/security/http.test.ts', 'row 14:']],
  15: [['test/security/http.test.ts', 'rows 15, 16:'], ['test/tenants/keys.test.ts', "is closed to a tenant's key, which is audited"]],
  16: [['test/security/http.test.ts', 'rows 15, 16:']],
  17: [['test/security/http.test.ts', 'row 17:']],
  18: [['test/security/http.test.ts', 'row 18:']],
  19: [['test/security/http.test.ts', 'row 19:']],
  20: [['test/security/http.test.ts', 'row 20:']],
  21: [['test/security/http.test.ts', 'row 21:']],
  22: [['test/security/http.test.ts', 'rows 22, 23:']],
  23: [['test/security/http.test.ts', 'row 23:']],
  24: [['test/security/http.test.ts', 'row 24:']],
  25: [['test/security/http.test.ts', 'row 25:']],
  26: [['test/security/http.test.ts', 'row 26:']],
  27: [['test/security/input.test.ts', 'row 27:']],
  28: [['test/security/http.test.ts', 'row 28:']],
  29: [['test/security/http.test.ts', 'row 29:']],
  30: [['test/security/http.test.ts', 'row 30:']],
  31: [['test/security/edge.test.ts', 'row 31:']],
  32: [['test/security/http.test.ts', 'row 32:']],
  33: [['test/security/http.test.ts', 'row 33:']],
  34: [['test/security/input.test.ts', 'row 34:']],
  35: [['test/tenants/limits.test.ts', 'two replicas share one limit'], ['test/tenants/budgets.test.ts', 'limited, exactly, over replicas']],
  36: [['test/security/http.test.ts', 'row 36:']],
  37: [['test/tenants/budgets.test.ts', 'each answer has the limits']],
  38: [['test/tenants/keys.test.ts', 'past twenty failed keys in a minute']],
  39: [['test/security/http.test.ts', 'row 39:']],
  40: [['test/security/http.test.ts', 'row 40:']],
  41: [['test/security/store.test.ts', 'row 41:'], ['test/security/http.test.ts', 'row 36:'], ['test/security/http.test.ts', 'row 18:']],
  42: [['test/security/http.test.ts', 'row 42:']],
  43: [['test/security/secrets.test.ts', 'rows 44 to 46:']],
  44: [['test/security/secrets.test.ts', 'rows 44 to 46:']],
  45: [['test/security/secrets.test.ts', 'rows 44 to 46:']],
  46: [['test/security/secrets.test.ts', 'rows 44 to 46:'], ['test/webhooks/webhooks.test.ts', 'stands in no log line']],
  47: [['packages/shared/src/security/webhook-url.test.ts', 'at the submit']],
  48: [['packages/shared/src/security/webhook-url.test.ts', 'is not for webhooks']],
  49: [['packages/shared/src/security/webhook-url.test.ts', 'a webhook never connects to']],
  50: [['services/worker/src/webhooks/safe-url.test.ts', 'a name that changes its answer']],
  51: [['services/worker/src/webhooks/safe-url.test.ts', 'a redirect is a failure and is not followed']],
  52: [['services/worker/src/webhooks/safe-url.test.ts', 'proxies of the environment are not used']],
  53: [['services/worker/src/webhooks/safe-url.test.ts', 'what is not http cannot be sent at all']],
  54: [['services/worker/src/webhooks/sign.test.ts', 'the signature is the one that the standard publishes']],
  55: [['test/tenants/keys.test.ts', 'the first key of a tenant comes with its webhook secret']],
  56: [['packages/shared/src/security/sealed.test.ts', 'it does not open'], ['test/tenants/keys.test.ts', 'of a key only a hash is in Redis']],
  57: [['test/webhooks/webhooks.test.ts', 'takes no more of an answer than its status']],
  58: [['test/security/input.test.ts', 'row 58:'], ['test/security/input.test.ts', 'row 58: fifty texts']],
  59: [['test/tenants/budgets.test.ts', "a day's tokens are limited"]],
  60: [['test/security/secrets.test.ts', 'row 60:']],
  61: [['test/security/secrets.test.ts', 'row 61:']],
  62: [['test/security/supply.test.ts', 'row 62:']],
  63: [['test/security/redis-users.test.ts', 'row 63:']],
  65: [['test/security/store.test.ts', 'row 65:']],
  68: [['test/security/supply.test.ts', 'row 68:']],
  71: [['test/security/edge.test.ts', 'row 71:']],
  73: [['test/security/edge.test.ts', 'row 73:']],
  74: [['test/security/edge.test.ts', 'row 74:']],
  75: [['test/security/edge.test.ts', 'row 75:']],
  76: [['test/security/supply.test.ts', 'row 76:']],
  77: [['test/security/supply.test.ts', 'row 77:']],
  79: [['packages/shared/src/runtime/audit.test.ts', 'a line that was']],
  80: [['test/security/audit.test.ts', 'row 80:']],
  81: [['test/security/scopes.test.ts', 'row 81:']],
  82: [['test/tenants/erasure.test.ts', 'leaves none of it in Redis']],
  83: [['test/jobs/retention.test.ts', 'all the rest by itself on an idle queue']],
  84: [['test/tenants/tenants.test.ts', 'a list shows what is its own alone']],
  87: [['services/api/src/docs/openapi.test.ts', 'the document has every endpoint and no other']],
  88: [['test/security/fuzz/fuzz.test.ts', 'get documented answers and no server error']],
  89: [['test/security/secrets.test.ts', 'row 89:']],
  90: [['test/security/secrets.test.ts', 'row 90:']],
}; // prettier-ignore

test.each(Object.entries(ROWS))('row %s of the checklist has its tests', (_row, tests) => {
  for (const [file, title] of tests) expect(readFileSync(join(ROOT, file), 'utf8')).toContain(title);
});

/** What only a deployment shows and what came later, as the page says it: row, file, what is said there. */
const SHOWN = [...readFileSync(join(ROOT, 'docs/security.md'), 'utf8').matchAll(/^\| (\d+) +\| .*? \| `([^`]+)`: (.*?) +\|$/gm)].map(
  ([, row, file, title]) => [Number(row), file as string, title as string] as const,
); // prettier-ignore

test.each(SHOWN)('what the page says of row %i is in %s: %s', (_row, file, title) => {
  expect(readFileSync(join(ROOT, file), 'utf8')).toContain(title);
});

test('each row of the checklist is held by a test', () => {
  const held = new Set([...Object.keys(ROWS).map(Number), ...SHOWN.map(([row]) => row)]);
  expect([...held].sort((a, b) => a - b)).toEqual(Array.from({ length: 98 }, (_none, i) => i + 1));
});
