/** `npm run lines`: the lines of code in each room, comments and blank lines not counted, beside the budget. `-- --files` lists files too. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** @type {readonly { room: string, folder: string, without?: RegExp, lines: number, files?: number }[]} */
const budgets = [
  { room: 'front door', folder: 'src', without: /^(operations|testing|tables)\//, lines: 1600 },
  { room: 'operations', folder: 'src/operations', lines: 1700, files: 30 },
  { room: 'examples/postgres', folder: 'examples/postgres', lines: 500 },
  { room: 'reference server', folder: 'examples/reference-server', lines: 1300 },
];

/** Counts the lines on which a token stands. */
const linesOfCode = (/** @type {string} */ text) => {
  const source = ts.createSourceFile('', text, ts.ScriptTarget.Latest, true);
  const lines = new Set();
  const visit = (/** @type {ts.Node} */ node) => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(source);
    const from = node.getStart(source);
    if (children.length > 0 || from === node.end) {
      children.forEach(visit);
      return;
    }
    const last = source.getLineAndCharacterOfPosition(node.end).line;
    for (let { line } = source.getLineAndCharacterOfPosition(from); line <= last; line += 1) lines.add(line);
  };
  visit(source);
  return lines.size;
};

for (const { room, folder, without, ...budget } of budgets) {
  const files = readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && without?.test(file) !== true)
    .map((file) => ({ file, lines: linesOfCode(readFileSync(`${root}/${folder}/${file}`, 'utf8')) }))
    .sort((a, b) => b.lines - a.lines);
  const sum = files.reduce((total, { lines }) => total + lines, 0);
  const ofFiles = budget.files === undefined ? '' : ` of ${String(budget.files)}`;
  console.log(`${room}: ${String(sum)} of ${String(budget.lines)} lines, ${String(files.length)}${ofFiles} files`);
  if (process.argv.includes('--files'))
    for (const { file, lines } of files) console.log(`  ${String(lines).padStart(4)} ${file}`);
}
