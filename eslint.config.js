import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** What Node has and browsers have not: a core must do without, whatever the type checker knows. */
const nodeGlobals = ['Buffer', 'process', 'global', 'setImmediate', 'clearImmediate', 'require', 'module', '__dirname', '__filename'];

export default defineConfig(
  globalIgnores(['**/dist/', 'packages/conformance/data/', 'packages/conformance/make/']),
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // The type checker knows every global, also in plain JavaScript.
      'no-undef': 'off',
      // `bytes[i]!` is how a loop says that its index is in range; the type checker can't know.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `while (true)` is the plain way to write a loop that ends in its middle.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['packages/{varint,io,block,table,merged,sst-v2,sst-log}/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.node.ts', '**/node.ts'],
    rules: { 'no-restricted-globals': ['error', ...nodeGlobals] },
  },
  {
    // In JavaScript a type is given by a cast in a comment, which these rules can't see; the type checker can.
    files: ['**/*.{js,mjs}'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
);
