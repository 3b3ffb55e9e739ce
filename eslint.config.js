import { posix } from 'node:path';

import js from '@eslint/js';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * The rooms of src, from the top down: a file, or a folder, which ends with `/`. A room may import those below it; files of one
 * folder may import each other. A file whose room is not listed may import nothing, so a new one must be placed.
 */
const rooms = [
  'testing/',
  'tables/',

  'operations/index',
  'operations/operation-handlers',
  'operations/tablet-host',
  'operations/commands/',
  'operations/patients/',
  'operations/uploads/',
  'operations/tables',
  'operations/wire/',

  'index',
  'handle-tablet-request',
  'tablet-server',
  'outcome',
  'reply',
  'admission',
  'gates',
  'open-session',
  'tablet-session',
  'sign-in',
  'ask-ports',
  'ask-host',
  'failures',
  'ports',
  'tablet-request-codec',
  'tablet-request',
  'tablet-form',
  'version-policy',
  'client-quirks',
  'user-error',
  'refusals/version-policy',
  'refusals/uploads',
  'refusals/patients',
  'refusals/gates',
  'refusals/form',
  'refusals/handler',
  'client-version',
  'refusals/client-version',
  'names',
  'secret',
  'internal/',
];

const isFolder = (/** @type {string} */ room) => room.endsWith('/');

/** How a file of one room writes the import of another room, as a regular expression. */
const importOf = (/** @type {string} */ from, /** @type {string} */ room) => {
  const path = posix.relative(posix.dirname(`${from}x`), room);
  const written = (path === '' ? '.' : path.startsWith('.') ? path : `./${path}`).replaceAll('.', '\\.');
  return isFolder(room) ? `${written}/[\\w-]+\\.js$` : `${written}\\.js$`;
};

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
  { ignores: ['dist', 'build', 'coverage', '**/node_modules', 'tests/.tmp', '.stryker-tmp'] },
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
    files: ['tests/proof/operations/*-model.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!\\./[a-z]+-model\\.js$)', message: 'The models share nothing with src.' }] },
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
    const below = rooms.slice(isFolder(room) ? index : index + 1).map((other) => importOf(room, other));
    return {
      files: [`src/${room}${isFolder(room) ? '*' : ''}.ts`],
      rules: imports([
        {
          regex: `^(?!${below.join('|') || '-'})\\.`,
          message: `${room} may import only the rooms below it: see the list of eslint.config.js.`,
        },
      ]),
    };
  }),
);
