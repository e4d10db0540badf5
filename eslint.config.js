import tseslint from 'typescript-eslint';
import { imports } from './test/lint/imports.js';

const tests = ['test/**', '**/*.test.ts', '**/*.conformance.ts', '**/testing/**', '**/test-*.ts'];
const fixture = 'test/lint-fixture/';

const noShell = (name) => ({
  name,
  importNames: ['exec', 'execSync'],
  message: 'It runs a shell. Use spawn or execFile with a list of arguments.',
});

const shell = {
  selector: 'Property[key.name="shell"][value.value!=false]',
  message: 'No shell: customer text must never meet one. Use a list of arguments.',
};

const timeout = {
  selector: 'MemberExpression[object.name="AbortSignal"][property.name="timeout"]',
  message:
    'Whoever gets it may combine it through AbortSignal.any, and then Node 20 forgets its timer. Use core/deadline.ts.',
};

/** Nowhere, tests included. */
const always = [shell, timeout];

const defaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: then it has the same name everywhere.',
};

const environment = [
  {
    selector: 'MemberExpression[object.name="process"][property.name="env"]',
    message: 'The environment is read in config.ts, once. Take the value as an argument.',
  },
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name="env"]',
    message: 'The environment is read in config.ts, once. Take the value as an argument.',
  },
];

export default tseslint.config(
  { ignores: ['**/dist/', '**/node_modules/', '**/generated/', '.apployd/', 'examples/', fixture] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  // What needs types, promises above all, is looked at by oxlint.
  tseslint.configs.base,
  {
    files: ['**/*.{ts,tsx,js,mjs}'],
    plugins: { house: { rules: { imports } } },
    rules: {
      'house/imports': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { varsIgnorePattern: '^_', argsIgnorePattern: '^_' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-control-regex': 'error',
      'no-empty': 'error',
      'no-eval': 'error',
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      'no-useless-escape': 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-imports': ['error', { paths: [noShell('node:child_process'), noShell('child_process')] }],
      'no-restricted-syntax': ['error', ...always, defaultExport, ...environment],
    },
  },
  { files: tests, rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  {
    // Where the environment is read, once, and handed on as data; and a program that runs beside an app.
    files: [...tests, '**/config.ts', '**/config/*.ts', '**/main.ts', 'launch/**', 'engine/builder/static-site.ts'],
    rules: { 'no-restricted-syntax': ['error', ...always, defaultExport] },
  },
  {
    files: ['*.{js,ts}', '**/*.config.ts', 'test/global-setup.ts'],
    rules: { 'no-restricted-syntax': ['error', ...always] },
  },
  {
    // Remix takes a route's component, and the table of routes, as a default export.
    files: ['dashboard/app/routes/**', 'dashboard/app/{routes,root,entry.server,entry.client}.{ts,tsx}'],
    rules: { 'no-restricted-syntax': ['error', ...always, ...environment] },
  },
  { files: ['launch/**', 'prisma/**', 'test/**', '*.ts'], rules: { 'no-console': 'off' } },
);
