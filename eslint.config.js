import { posix } from 'node:path';

import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** The rooms of src, from the public face down: a room may import those below it, and no other. */
const rooms = [
  'testing/index',
  'testing/port-laws',
  'testing/in-memory-ports',
  'index',
  'handle-tablet-request',
  'outcome',
  'select-answer',
  'reply',
  'upload-table',
  'operations',
  'tablet-session',
  'sign-in',
  'ask-host',
  'permissions',
  'ports',
  'tablet-request',
  'tablet-form',
  'old-id-numbers',
  'allowed-tables',
  'version-policy',
  'client-quirks',
  'user-error',
  'names',
  'table-names',
  'client-version',
  'secret',
  'codec',
  'memo',
];

/** @param {{ regex: string, message: string }[]} patterns */
const imports = (patterns) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          regex: '^fp-ts($|/(?!lib/[A-Za-z]+\\.js$))|^io-ts/(?!lib/[A-Za-z]+\\.js$)',
          message:
            "Import 'fp-ts/lib/Module.js', 'io-ts' or 'io-ts/lib/Module.js': other forms crash in plain Node, or load everything.",
        },
        ...patterns,
      ],
    },
  ],
});

export default defineConfig(
  { ignores: ['build', 'dist', 'coverage', 'node_modules', 'tests/.tmp'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: { allowDefaultProject: ['*.js'] }, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      ...imports([]),
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  // As in every other file, it is TypeScript that knows the globals.
  { files: ['tools/*.mjs'], rules: { 'no-undef': 'off' } },
  {
    files: ['src/**/*.ts'],
    rules: {
      // A room that is not in the list may import nothing, so a new one has to be placed.
      ...imports([{ regex: '^\\.', message: 'Place this room in the list of eslint.config.js.' }]),
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'No default exports.' },
        { selector: 'TSEnumDeclaration', message: 'No enums.' },
        { selector: 'ClassDeclaration[id.name!="Secret"]', message: 'No classes but Secret.' },
        { selector: 'ThrowStatement', message: 'Total functions: give an Either.' },
      ],
    },
  },
  {
    files: ['tests/proof/model.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '.', message: 'The model shares nothing with src.' }] }],
    },
  },
  ...rooms.map((room, index) => {
    const below = rooms.slice(index + 1).map((other) => {
      const path = posix.relative(posix.dirname(room), other);
      return path.startsWith('.') ? path : `./${path}`;
    });
    return {
      files: [`src/${room}.ts`],
      rules: imports([
        {
          regex: `^\\.(?!${below.map((path) => `${path.slice(1)}\\.js$`).join('|') || '-'})`,
          message: `${room} may import only the rooms below it: see the list of eslint.config.js.`,
        },
      ]),
    };
  }),
);
