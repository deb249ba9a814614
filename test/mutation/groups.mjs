// What must not be wrong without a test that says so: for each promise the files that decide it, and the tests that hold
// it. A group runs its own tests only, so a mutant that others would notice by chance is not counted as held.
const shared = (file) => `packages/shared/src/${file}.ts`;
const api = (file) => `services/api/src/${file}.ts`;
const worker = (file) => `services/worker/src/${file}.ts`;
const client = (file) => `packages/client/src/${file}.ts`;

/** Group -> its parts: the files that are mutated, and their tests where these do not stand beside them. */
export const GROUPS = {
  auth: [
    [[shared('contract/api-key'), ...['access', 'failed-keys', 'middleware/authenticate'].map(api)]],
    [[api('key-ring')], ['test/key-ring.test.ts']],
  ],
  signature: [
    [[...['contract/webhook-secret', 'contract/sealed'].map(shared), worker('webhook/sign'), client('webhooks')]],
    [[shared('store/webhook-secrets')], ['test/key-ring.test.ts']],
  ],
  'safe-url': [[[...['contract/addresses', 'contract/webhook-url'].map(shared), worker('webhook/safe-url')]]],
  idempotency: [[[api('idempotency')]]],
  redaction: [[[shared('runtime/logger'), api('problem')]]],
  retry: [
    [[shared('contract/errors'), ...['outcome', 'webhook/verdict'].map(worker)]],
    [['openrouter-errors', 'model-errors'].map(worker)],
  ],
};
