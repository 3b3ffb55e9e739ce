/** The mutants that no test can notice: the program that they leave does the same. `npm run mutants` fails if another survives. */

/** A part of a line of `src`, and what changes there without a difference. */
export interface Unseen {
  /** From `src`. */
  readonly file: string;
  /** A part of the line on which the change begins. */
  readonly text: string;
  /** By the names of Stryker's mutators. Each must have a survivor on such a line, or the entry is out of date. */
  readonly mutators: readonly string[];
  /** Why it makes no difference. */
  readonly reason: string;
}

const unseenIn = (
  file: string,
  ...entries: readonly (readonly [text: string, mutators: readonly string[], reason: string])[]
): readonly Unseen[] => entries.map(([text, mutators, reason]) => ({ file, text, mutators, reason }));

export const unseen: readonly Unseen[] = [
  unseenIn(
    'client-version.ts',
    [
      'const options: RangeOptions',
      ['ObjectLiteral', 'BooleanLiteral'],
      'node-semver parses again what was parsed with other options.',
    ],
    ['if (version.length > maxLength)', ['ConditionalExpression'], 'node-semver refuses longer ones too, but later.'],
  ),
  unseenIn(
    'user-error.ts',
    ["typeof code === 'string'", ['ConditionalExpression'], 'another type names no refusal; TypeScript needs it.'],
    ["replace(optionalPart, '')", ['StringLiteral'], 'words in its place name no datum either.'],
  ),
  unseenIn(
    'version-policy.ts',
    ["lowest.replace(/-0$/, '')", ['Regex'], 'a `-0` elsewhere leaves no version of the range.'],
    ['version.compare(semver) < 0', ['EqualityOperator'], 'a version that equals a bound satisfies it.'],
    [
      'alternatives: [[fromTwo]]',
      ['ArrayDeclaration'],
      'what is not in the range is too old, and so it is without alternatives.',
    ],
  ),
  unseenIn(
    'operations/commands/fields.ts',
    ['isJsonList(pair) ? pair : []', ['ArrayDeclaration'], 'nobody reads a field of that name.'],
    ["typeof name !== 'string'", ['ConditionalExpression'], 'a field is read by a text; TypeScript needs it.'],
    [
      "typeof value === 'string' && instantOf",
      ['ConditionalExpression'],
      'nothing else is an instant; TypeScript needs it.',
    ],
  ),
  unseenIn(
    'operations/commands/one-step.ts',
    ['before?.columns.length', ['ConditionalExpression', 'ArrowFunction'], 'the columns are checked once more.'],
    ['if (isSame)', ['ConditionalExpression'], 'the columns are checked once more.'],
  ),
  unseenIn(
    'operations/commands/upload-table.ts',
    ['patients[0]?.row.columns ?? []', ['ArrayDeclaration'], 'without patients there are no values either.'],
    ['comma < 0', ['EqualityOperator'], 'a list that begins with a comma is refused in the same words.'],
    ['if (names.has(name)) continue', ['ConditionalExpression'], 'the table is looked up once more.'],
  ),
  unseenIn('operations/patients/patient-details.ts', [
    'sum += (10 - place)',
    ['AssignmentOperator'],
    'a multiple of 11 is one with either sign.',
  ]),
].flat();
