// Lint: the strict typed rules, because a floating promise is a lost record. Formatting is prettier's alone.
import tseslint from 'typescript-eslint';

const KAFKAJS_ELSEWHERE =
  'kafkajs is loaded, repaired, in services/sdk/src/adapters only; use the bus port of @sitebus/sdk';

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '.sitebus/', 'coverage/', 'reports/', 'services/sdk/src/generated/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      // A port's method is async by contract, whether or not one of its implementations has something to wait for.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Every index is `T | undefined` here (noUncheckedIndexedAccess); inside a bounded loop `!` says so, where a
      // fallback value would hide the bug.
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-restricted-imports': ['error', { paths: [{ name: 'kafkajs', message: KAFKAJS_ELSEWHERE }] }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'a union of literals needs no code' },
        { selector: "ImportExpression[source.value='kafkajs']", message: KAFKAJS_ELSEWHERE },
        {
          selector:
            "MemberExpression[object.object.name='process'][object.property.name='env'][property.value='NODE_ENV']",
          message: 'the product does not behave differently in tests: pass the part in',
        },
      ],
    },
  },
  { files: ['services/sdk/src/adapters/**/*.ts'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['**/*.test.ts', 'test/**/*.ts'],
    rules: {
      // JSON answers of a server under test are asserted as whole values; typing each first would prove nothing.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
);
