// What must not be wrong without a test that says so: for each promise the files that decide it, and the tests that hold
// it. A group runs its own tests only, so a mutant that others would notice by chance is not counted as held.
/** @typedef {[files: string[], tests?: string[]]} Part */

/** @param {string} file */
const shared = (file) => `packages/shared/src/${file}.ts`;
/** @param {string} file */
const api = (file) => `services/api/src/${file}.ts`;
/** @param {string} file */
const worker = (file) => `services/worker/src/${file}.ts`;
/** @param {string} file */
const client = (file) => `packages/client/src/${file}.ts`;

/**
 * Group -> its parts: the files that are mutated, and their tests where these do not stand beside them.
 * @type {Record<string, Part[]>}
 */
export const GROUPS = {
  auth: [
    [
      [
        ...['security/api-key', 'security/record-signature'].map(shared),
        ...['keys/access', 'keys/trust', 'keys/failed-keys', 'http/middleware/authenticate'].map(api),
      ],
    ],
    [[api('http/middleware/check-key')], ['services/api/src/http/middleware/authenticate.test.ts']],
    [['keys/key-ring', 'keys/sign-records'].map(api), ['test/tenants/key-ring.test.ts']],
  ],
  signature: [
    [[...['security/webhook-secret', 'security/sealed'].map(shared), worker('webhooks/sign'), client('webhooks')]],
    [[shared('store/keys/webhook-secrets')], ['test/tenants/key-ring.test.ts']],
  ],
  'safe-url': [[[...['security/addresses', 'security/webhook-url'].map(shared), worker('webhooks/safe-url')]]],
  idempotency: [[[api('jobs/idempotency')]]],
  redaction: [[[shared('runtime/logger'), api('http/problem')]]],
  retry: [
    [[shared('contract/errors'), ...['runs/backoff', 'runs/outcome', 'webhooks/verdict'].map(worker)]],
    [['model/openrouter/errors', 'model/openrouter/faults', 'model/openrouter/retry-hint', 'retry-after'].map(worker)],
  ],
};
