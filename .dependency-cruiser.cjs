// The boundaries of the modules: who may import what. See docs/architecture.md.
const TESTS = '(\\.test\\.ts$|^test/)';
/** @param {string} name */
const library = (name) => `(^|node_modules/(\\.pnpm/)?)${name}(@|/|$)`;
/**
 * Types count too: an import that mixes a value with a type is taken for a type.
 * @param {string} name
 * @param {string[]} owners
 */
const owner = (name, owners) => ({
  name: `one-owner-of-${name.split('(')[0]}`,
  severity: 'error',
  from: { path: '^(packages|services)/', pathNot: [TESTS, ...owners] },
  to: { path: library(name) },
});

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'services-meet-in-shared',
      severity: 'error',
      from: { path: '^services/([^/]+)/', pathNot: TESTS },
      to: { path: '^(services|@flashcards)/', pathNot: '^(services/$1|@flashcards/shared)/' },
    },
    {
      name: 'shared-knows-no-service',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^(services/|@flashcards/(api|worker)(/|$))' },
    },
    {
      name: 'the-page-is-a-client',
      comment: 'It knows the API by its client alone, and nothing of the API knows it.',
      severity: 'error',
      from: { path: '^packages/page/', pathNot: TESTS },
      to: {
        path: '^(services|packages|@flashcards)/',
        pathNot: '^packages/(page/|client/src/index)|^@flashcards/client',
      },
    },
    {
      name: 'nothing-imports-the-page',
      severity: 'error',
      from: { pathNot: '^packages/page/' },
      to: { path: '^packages/page/' },
    },
    {
      name: 'the-client-depends-on-nothing',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: TESTS },
      to: { pathNot: '^packages/client/src/', dependencyTypesNot: ['core'] },
    },
    {
      name: 'the-client-runs-in-browsers',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: ['^packages/client/src/(cli\\.ts$|command/)', TESTS] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'runtime-knows-nothing-of-flashcards',
      severity: 'error',
      from: { path: '^packages/shared/src/runtime/' },
      to: { path: '^packages/shared/src/', pathNot: '^packages/shared/src/runtime/' },
    },
    {
      name: 'the-contract-knows-text-and-security-only',
      severity: 'error',
      from: { path: '^packages/shared/src/(contract|text|security)/', pathNot: TESTS },
      to: { path: '^packages/shared/src/', pathNot: '^packages/shared/src/(contract|text|security)/' },
    },
    {
      name: 'formats-know-the-contract-only',
      severity: 'error',
      from: { path: '^packages/shared/src/formats/' },
      to: { path: '^packages/shared/src/', pathNot: '^packages/shared/src/(formats|contract|text)/' },
    },
    {
      name: 'handlers-know-no-express-and-no-queue',
      severity: 'error',
      from: { path: '^services/api/src/handlers/' },
      to: { path: 'node_modules/(\\.pnpm/)?(express|bullmq|ioredis)(@|/|$)' },
    },
    owner('bullmq', [
      '^packages/shared/src/queue/',
      '^services/api/src/operations/board\\.ts$',
      '^services/worker/src/runs/(execute|queue-worker)\\.ts$',
    ]),
    {
      name: 'the-board-is-loaded-late',
      comment: 'It costs memory that an API which nobody looks at does not have to spend.',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: '^services/api/src/operations/board\\.ts$', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-tracing-sdk-is-loaded-late',
      comment: 'Where traces go nowhere nothing of it costs anything.',
      severity: 'error',
      from: { path: '^(packages|services)/', pathNot: TESTS },
      to: { path: '^packages/shared/src/runtime/tracing/sdk\\.ts$', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    owner('@bull-board', ['^services/api/src/operations/board\\.ts$']),
    {
      name: 'only-adapters-know-a-model-api',
      comment: 'Whatever else uses a model knows `model/port.ts`; what a process is made of is chosen where it starts.',
      severity: 'error',
      from: {
        path: '^services/worker/src/',
        pathNot: [
          TESTS,
          '^services/worker/src/model/openrouter/',
          '^services/worker/src/(main|config|quarantine/isolated-main)\\.ts$',
        ],
      },
      to: { path: '^services/worker/src/model/openrouter/' },
    },
    {
      name: 'decks-know-no-queue',
      comment: 'Making a deck needs a model and nothing of how a run is taken, recorded or delivered.',
      severity: 'error',
      from: { path: '^services/worker/src/decks/', pathNot: TESTS },
      to: {
        path: '^services/worker/src/',
        pathNot: '^services/worker/src/(decks/|model/(port|spending)\\.ts$|(counts|json|remembered)\\.ts$)',
      },
    },
    owner('axios', ['^services/worker/src/(model/openrouter/wire|webhooks/send)\\.ts$']),
    owner('express', ['^services/api/src/http/(app\\.ts$|middleware/)']),
    owner('prom-client', ['^packages/shared/src/runtime/metrics\\.ts$']),
    owner('@opentelemetry', ['^packages/shared/src/runtime/tracing/sdk\\.ts$']),
    owner('winston(-transport)?', ['^packages/shared/src/runtime/logger\\.ts$']),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(packages|services)/[^/]+/dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      conditionNames: ['@flashcards/source', 'require', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
