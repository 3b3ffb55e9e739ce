/** `npm publish` runs this first: it refuses while something that only the owner knows, or the release itself, is not written down. */
import { readFileSync } from 'node:fs';
import process from 'node:process';

/** @type {(file: string) => string} */
const textOf = (file) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

const manifest = textOf('package.json');
const [, version = ''] = /"version": "(.*)"/.exec(manifest) ?? [];
const { GITHUB_REF_TYPE, GITHUB_REF_NAME } = process.env;

/** @type {readonly (readonly [isMissing: boolean, what: string])[]} */
const rules = [
  [/\bOWNER\b/.test(manifest), 'package.json: put the author and the repository in place of OWNER'],
  [
    !new RegExp(`^## \\[${version}\\] - \\d{4}-\\d\\d-\\d\\d$`, 'm').test(textOf('CHANGELOG.md')),
    `CHANGELOG.md: give ${version} a heading with its date`,
  ],
  [
    GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== `v${version}`,
    `package.json: the version is ${version}, the tag is ${String(GITHUB_REF_NAME)}`,
  ],
];
const missing = rules.filter(([isMissing]) => isMissing).map(([, what]) => what);
for (const what of missing) console.error(what);
if (missing.length > 0) process.exitCode = 1;
