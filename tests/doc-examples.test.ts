/** Each function that the package exports has an `@example`, which `docs.test.ts` runs. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const entries = ['index', 'operations/index', 'tables/index', 'testing/index'].map((entry) =>
  fileURLToPath(new URL(`../src/${entry}.ts`, import.meta.url)),
);

const program = ts.createProgram(entries, {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  types: [],
});
const checker = program.getTypeChecker();

interface Exported {
  readonly name: string;
  readonly file: string;
  readonly hasExample: boolean;
}

const functionsOf = (entry: string): readonly Exported[] => {
  const source = program.getSourceFile(entry);
  const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  return (module === undefined ? [] : checker.getExportsOfModule(module))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
    .filter((symbol) => symbol.flags & ts.SymbolFlags.Value)
    .filter((symbol) => checker.getTypeOfSymbol(symbol).getCallSignatures().length > 0)
    .map((symbol) => ({
      name: symbol.getName(),
      file: symbol.declarations?.[0]?.getSourceFile().fileName.replace(/.*\/src\//, '') ?? '',
      hasExample: symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
    }));
};

// A constructor of a refusal makes a plain object: docs/refusals.md shows each, with its words.
const functions = entries.flatMap(functionsOf).filter(({ file }) => !file.startsWith('refusals/'));

it('each exported function has an example', () => {
  expect(functions.filter(({ hasExample }) => !hasExample).map(({ name }) => name)).toEqual([]);
  expect(functions.length).toBeGreaterThan(50);
});
