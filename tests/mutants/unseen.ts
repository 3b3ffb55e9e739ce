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

const checkedAgain = 'the columns are checked once more.';
const slowPath = 'what the fast path does not read is read by the slow one.';

export const unseen: readonly Unseen[] = [
  unseenIn(
    'client-version.ts',
    [
      'const options: RangeOptions',
      ['ObjectLiteral', 'BooleanLiteral'],
      'node-semver parses again what was parsed with other options.',
    ],
    ['if (version.length > maxLength)', ['ConditionalExpression'], 'node-semver refuses longer ones too, but later.'],
    ['decimalGrammar.exec(text) ?? []', ['ArrayDeclaration'], 'no item of it has that index.'],
  ),
  unseenIn('tablet-form.ts', [
    'const areOwn',
    ['ConditionalExpression'],
    'each pair is then asked, which takes longer.',
  ]),
  unseenIn(
    'tablet-request.ts',
    ["optionalSessionId = (text = '')", ['StringLiteral'], 'no text of letters is a whole number.'],
    [
      'name.value.length === reserved.length',
      ['ConditionalExpression'],
      'a name of another length is not the reserved one in lower case either.',
    ],
  ),
  unseenIn('tablet-server.ts', ['const hostProblem', ['StringLiteral'], 'any name of the symbol will do.']),
  unseenIn('internal/digest.ts', [
    'at < text.length',
    ['EqualityOperator'],
    'each text then ends with one more code, the same for all.',
  ]),
  unseenIn('internal/shape.ts', [
    "if (kindOf(value) === 'a Promise')",
    ['ConditionalExpression'],
    'a promise of what is no promise does not reject.',
  ]),
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
    'operations/commands/upload-table.ts',
    ['patients[0]?.row.columns ?? []', ['ArrayDeclaration'], 'without patients there are no values either.'],
    ['comma < 0', ['EqualityOperator'], 'a list that begins with a comma is refused in the same words.'],
    ['if (names.has(name)) continue', ['ConditionalExpression'], 'the table is looked up once more.'],
  ),
  unseenIn(
    'operations/commands/one-step.ts',
    ['records.size > 0 && sent.length', ['ConditionalExpression', 'ArrowFunction'], checkedAgain],
    ['if (!areChecked)', ['ConditionalExpression'], checkedAgain],
    ['let columns: readonly string[] = []', ['ArrayDeclaration'], 'the first record sets it.'],
  ),
  unseenIn('operations/patients/patient-mode.ts', [
    "obeys('must be none unless complete', () => false)",
    ['ArrowFunction'],
    'undefined is not true either.',
  ]),
  unseenIn('operations/patients/server-info.ts', [
    'again < 0',
    ['EqualityOperator'],
    'the first of all is never there again.',
  ]),
  unseenIn(
    'operations/uploads/plan-upload.ts',
    [
      'one.size < other.size',
      ['ConditionalExpression', 'EqualityOperator'],
      'the set to go through is chosen for speed; what both hold is the same.',
    ],
    ["if (keep === 'all')", ['ConditionalExpression', 'StringLiteral'], 'each key is then asked about, and kept.'],
    [
      'if (only !== undefined && changes.length === 1)',
      ['ConditionalExpression', 'EqualityOperator'],
      'one change is then combined as several are, which takes longer; TypeScript needs the first condition.',
    ],
    ['isNone(one) || isNone(other)', ['LogicalOperator'], 'an absent date is no instant; TypeScript needs it.'],
  ),
  unseenIn('operations/uploads/upload-state.ts', [
    "String(sessionId.value) : 'none'",
    ['StringLiteral'],
    'any text that is no number will do.',
  ]),
  unseenIn(
    'operations/uploads/upload-step.ts',
    [
      "value === null || typeof value === 'string'",
      ['ConditionalExpression', 'StringLiteral'],
      'no text is one of the numbers that it is compared with then.',
    ],
    ['const isPlain', ['ConditionalExpression'], 'each number is then looked up.'],
    ["if (column === '__proto__')", ['ConditionalExpression'], 'each member is then defined so, which takes longer.'],
    ["guardCodec('Key'", ['StringLiteral'], 'errors of a step name the step alone.'],
    ["'InJson',", ['StringLiteral'], 'errors of a step name the step alone.'],
    ['Object.keys(floats).filter(FloatName.is)', ['MethodExpression'], 'all of them are; TypeScript needs it.'],
  ),
  unseenIn(
    'operations/wire/sql-literals.ts',
    ['const smallNumbers', ['ObjectLiteral', 'ArrowFunction'], 'what is not made beforehand is made when it is read.'],
    ['codes.push(character) < 4096', ['EqualityOperator'], 'the codes become a text at another time.'],
    ['end === -1 || end >= to', ['EqualityOperator'], 'a literal ends where its text does, or before a comma.'],
    ['if (!special.test(content))', ['ConditionalExpression'], 'there is nothing to unescape.'],
    ["const value = once.includes('\\\\')", ['StringLiteral'], 'there is nothing to unescape.'],
    [
      'at < to && at < from + 15',
      ['ConditionalExpression', 'EqualityOperator', 'ArithmeticOperator', 'AssignmentOperator'],
      slowPath,
    ],
    ['charCodeAt(at) - C.code.zero', ['ArithmeticOperator'], slowPath],
    ['if (!(digit >= 0 && digit <= 9)) break', ['ConditionalExpression', 'EqualityOperator'], slowPath],
    ['if (at === to && at > from)', ['ConditionalExpression'], slowPath],
    [
      "if (to - from === 4 && text.startsWith('NULL', from))",
      ['ConditionalExpression', 'ArithmeticOperator', 'MethodExpression'],
      slowPath,
    ],
    [
      'text.charCodeAt(to - 1) === C.code.apostrophe) return readText',
      ['ConditionalExpression', 'EqualityOperator', 'ArithmeticOperator'],
      slowPath,
    ],
    ['for (let at = from; at < text.length', ['EqualityOperator'], 'there is no character at the end.'],
    ['new Array<V>(Math.min(most, text.length))', ['ArrayDeclaration'], 'the list grows, and keeps room for more.'],
    ['if (count < values.length)', ['EqualityOperator'], 'it has that length already.'],
  ),
  unseenIn(
    'operations/wire/values.ts',
    ['export const spaces', ['Regex'], 'white space is removed one by one.'],
    ['code >= 0x85 &&', ['ConditionalExpression'], 'no smaller code is that of white space.'],
    ['const isReal', ['ConditionalExpression', 'EqualityOperator'], 'the calendar is asked about the other days too.'],
    ['Buffer === undefined', ['ConditionalExpression'], 'atob and btoa do the same, in more time.'],
    ['at < text.length', ['EqualityOperator'], 'there is no character at the end.'],
    [
      'number.length < 16',
      ['ConditionalExpression', 'Regex'],
      'a number that need not be replaced may be, and keeps its digits.',
    ],
    ["String(places.length / 2), '.5') > 4096", ['EqualityOperator'], 'the pieces are joined at another time.'],
    ['/[0-9]{16}|[0-9][.eE]/', ['ConditionalExpression', 'Regex'], 'the text is searched, and no number found.'],
  ),
  unseenIn(
    'tables/camcops-tables.ts',
    ["const [name = '', type]", ['StringLiteral'], 'each column of the list has a name; TypeScript needs it.'],
    ["const [name = '', version = '',", ['StringLiteral'], 'each line of the list has both; TypeScript needs them.'],
  ),
  unseenIn('tables/upload-tables.ts', [
    "typeof json === 'string' && isReadableVersion",
    ['ConditionalExpression'],
    'what is no text is no version; TypeScript needs it.',
  ]),
  unseenIn('testing/in-memory-host.ts', [
    'if (account !== undefined)',
    ['ConditionalExpression'],
    'an account without a name is left out; TypeScript needs it.',
  ]),
  unseenIn('testing/in-memory-uploads.ts', [
    'if (isSome(version.supersedes))',
    ['ConditionalExpression'],
    'undefined is no place; TypeScript needs it.',
  ]),
  unseenIn(
    'testing/upload-law-table.ts',
    [
      "one.send('1a', finalizing), next.begin",
      ['StringLiteral'],
      'a step without records, which finalizes, is seen too.',
    ],
    ["next.send('9z', finalizing)", ['StringLiteral'], 'a step without records, which finalizes, is seen too.'],
    ["third.whole('9z')", ['StringLiteral'], 'an upload without records, which removes those stored, is seen too.'],
  ),
  unseenIn('testing/upload-trial.ts', [
    "recordOf(column, key, value, '')",
    ['StringLiteral'],
    'no letter of it has a meaning.',
  ]),
].flat();
