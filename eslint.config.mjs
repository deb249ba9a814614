import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const environment = {
  object: 'process',
  property: 'env',
  message: 'Only config.ts reads the environment; everything else receives what it needs.',
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/coverage/**', '**/*.cjs', '**/*.mjs', '.cache/**', '.data/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.test.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `== null` asks for null and undefined at once.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // The reason of a signal is passed on as it is.
      '@typescript-eslint/prefer-promise-reject-errors': [
        'error',
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      // Objects here are closures over what they need: their methods have no `this` to lose.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // A promise that is not awaited must say so; `void` in front is how.
      '@typescript-eslint/no-floating-promises': 'error',
      // Numbers in messages are fine.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  {
    // The page runs in browsers: another library of types.
    files: ['services/api/src/web/**'],
    languageOptions: { parserOptions: { project: './services/api/src/web/tsconfig.json' } },
  },
  {
    files: ['packages/*/src/**/*.ts', 'services/*/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-properties': ['error', environment],
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // Composition roots are lists, and factories whose body is what they return are rooms, not steps.
    files: [
      'services/*/src/main.ts',
      'packages/shared/src/store/store.ts',
      'packages/shared/src/store/deliveries.ts',
      'services/api/src/jobs.ts',
      'services/api/src/routes.ts',
      'services/api/src/key-ring.ts',
      'packages/shared/src/store/access.ts',
      'services/worker/src/executor.ts',
    ],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['services/*/src/config.ts', 'packages/*/src/cli.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['packages/openrouter-standin/src/cli.ts', 'services/api/src/keys.ts', 'services/api/src/audit-verify.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    // Imitates a server that answers whatever it was sent, odd values included.
    files: ['packages/openrouter-standin/src/**'],
    rules: {
      '@typescript-eslint/no-base-to-string': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.test.ts', 'test/**'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
