import { fileURLToPath } from 'node:url';
import tseslint from 'typescript-eslint';

const root = fileURLToPath(new URL('..', import.meta.url));

export default tseslint.config(
  { basePath: root, ignores: ['dist/', 'release/', 'node_modules/', 'test/fixtures/', 'coverage/'] },
  {
    basePath: root,
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: fileURLToPath(new URL('tsconfig.json', import.meta.url)),
        tsconfigRootDir: root,
      },
    },
    rules: {
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // `await using lock = …`: that it is given back at the end is what it is there for.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // A promise-returning handler given to an emitter is caught by no-floating-promises where it matters.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
    },
  },
  {
    basePath: root,
    files: ['src/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='Promise'][callee.property.name=/^(all|allSettled)$/] CallExpression[callee.property.name='map'][callee.object.name=/^(hosts|nodes|reached)$/]",
          message:
            'Work is spread over hosts by fanOut (execute/fan-out.ts) alone, which is bounded and takes a signal.',
        },
        {
          selector: "MemberExpression[object.name='AbortSignal'][property.name=/^(any|timeout)$/]",
          message:
            'A limit of time is made by core/deadline.ts: these never fire on Node 20 once the garbage collector has run.',
        },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
    },
  },
  {
    basePath: root,
    files: [
      'test/lab/**/*.ts',
      'test/bench/**/*.ts',
      'test/release/main.ts',
      'test/soak/**/*.ts',
      'test/tools/*.ts',
      'examples/**/*.ts',
    ],
    rules: { 'no-console': 'off' },
  },
);
