/** The code that the docs show: every `@example` of src and every block of a page, with the results they promise. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import ts from 'typescript';

export interface CodeBlock {
  readonly name: string;
  readonly code: string;
}

/** The `@example`s of a source file, each under the names of the file and of what it documents. */
export const examplesIn = (file: string): readonly CodeBlock[] => {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/\/\*\*((?:(?!\*\/)[^])*?)@example\n([^]*?)\*\/\s*export const (\w+)/g)].map(
    ([, , example = '', name = '']) => ({
      name: `${name} of ${basename(file)}`,
      code: example.replaceAll(/^ \* ?/gm, '').trim(),
    }),
  );
};

/** The blocks of TypeScript in a page. */
export const blocksIn = (file: string): readonly CodeBlock[] =>
  [...readFileSync(file, 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ''], index) => ({
    name: `block ${String(index + 1)} of ${basename(file)}`,
    code,
  }));

/** The comment that follows an expression, on its line or below, is its result. */
const resultAfter = (code: string, end: number, next: number): string | undefined => {
  const lines = code.slice(end, next).split('\n');
  const comments = lines.map((line) => /^\s*\/\/ (.*)$/.exec(line)?.[1]);
  const first = comments.findIndex((comment) => comment !== undefined);
  if (first < 0 || lines.slice(0, first).some((line) => line.trim() !== '')) return undefined;
  return comments
    .slice(first)
    .filter((comment) => comment !== undefined)
    .join(' ');
};

/** The block, in which each expression that promises a result checks it with `expectResult(value, result)`. */
export const checked = (code: string): { readonly code: string; readonly results: number } => {
  const source = ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true);
  let results = 0;
  const statements = source.statements.map((statement, index) => {
    const text = statement.getText();
    const next = source.statements[index + 1]?.getStart() ?? code.length;
    const result = ts.isExpressionStatement(statement) ? resultAfter(code, statement.end, next) : undefined;
    if (result === undefined) return text;
    results += 1;
    return `expectResult(${text.replace(/;$/, '')}, ({ left, right, none, some }) => (${result}));`;
  });
  return { code: statements.join('\n'), results };
};
