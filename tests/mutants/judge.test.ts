import { expect, it } from 'vitest';

import { complaints, type Report } from './judge.js';

const source = ['const options = {', '  isLoose: true,', '};', 'export const isKnown = (n: number) => n > 0;'].join(
  '\n',
);

const mutant = (line: number, mutatorName: string, status: string, replacement = 'x') => ({
  ...{ mutatorName, status, replacement },
  location: { start: { line } },
});
type Mutants = readonly ReturnType<typeof mutant>[];

const reportOf = (mutants: Mutants): Report => ({ files: { 'src/a.ts': { source, mutants } } });
const loose = { file: 'a.ts', text: 'isLoose: true', mutators: ['BooleanLiteral'], reason: 'it only saves time.' };
const survivor = mutant(2, 'BooleanLiteral', 'Survived');
const unlisted = 'src/a.ts:2: BooleanLiteral (Survived): isLoose: true, -> x';
const fitsNothing = 'unseen.ts: src/a.ts: BooleanLiteral: fits nothing: isLoose: true';

it.each<[string, Mutants, readonly (typeof loose)[], readonly string[]]>([
  ['nothing survives', [mutant(4, 'EqualityOperator', 'Killed')], [], []],
  ['a loop without an end is noticed', [mutant(4, 'EqualityOperator', 'Timeout')], [], []],
  ['an unlisted survivor', [survivor], [], [unlisted]],
  ['a listed survivor', [survivor], [loose], []],
  [
    'a listed mutant that no test runs',
    [mutant(1, 'ObjectLiteral', 'NoCoverage')],
    [{ ...loose, text: 'const options', mutators: ['ObjectLiteral'] }],
    [],
  ],
  [
    'an unlisted mutant that no test runs, of several lines',
    [mutant(1, 'ObjectLiteral', 'NoCoverage', '{\n}')],
    [],
    ['src/a.ts:1: ObjectLiteral (NoCoverage): const options = { -> { }'],
  ],
  [
    'a comment hides a mutant',
    [mutant(4, 'EqualityOperator', 'Ignored', 'n >= 0')],
    [],
    ['src/a.ts:4: EqualityOperator (Ignored): export const isKnown = (n: number) => n > 0; -> n >= 0'],
  ],
  ['an entry whose mutant is noticed', [mutant(2, 'BooleanLiteral', 'Killed')], [loose], [fitsNothing]],
  ['an entry of another line', [mutant(4, 'BooleanLiteral', 'Killed')], [loose], [fitsNothing]],
  [
    'an entry of another mutator',
    [survivor],
    [{ ...loose, mutators: ['Regex'] }],
    [unlisted, fitsNothing.replace('BooleanLiteral', 'Regex')],
  ],
  [
    'an entry with one mutator too many',
    [survivor],
    [{ ...loose, mutators: ['BooleanLiteral', 'Regex'] }],
    [fitsNothing.replace('BooleanLiteral', 'Regex')],
  ],
  [
    'two entries of one line',
    [survivor],
    [loose, { ...loose, mutators: ['Regex'] }],
    [fitsNothing.replace('BooleanLiteral', 'Regex')],
  ],
  ['an entry of a file that is not changed', [], [{ ...loose, file: 'b.ts' }], []],
  ['an entry of another file with the same line', [survivor], [{ ...loose, file: 'b.ts' }], [unlisted]],
])('%s', (_, mutants, list, expected) => {
  expect(complaints(reportOf(mutants), ['a.ts'], list)).toEqual(expected);
});

it('an entry of a file without mutants fits nothing', () => {
  expect(complaints({ files: {} }, ['a.ts'], [loose])).toEqual([fitsNothing]);
});
