/** The mutants that no test can see, each with the reason: what they do is the same. Named as `check.ts` prints them. */
export const unseen: Readonly<Record<string, string>> = {
  'client-version.ts: [] => ["Stryker was here"]': 'only what follows the first entry is read',
  'client-version.ts: { includePrerelease: true } => {}': 'node-semver parses again, to the same end, and takes longer',
  'client-version.ts: true => false': 'likewise',
  'client-version.ts: semVer === undefined => false': 'node-semver says null to undefined, and takes longer',
  "handle-tablet-request.ts: case 'registration': return run(handlers[admission.operation], admission); => case 'registration':":
    'the next case does the same: the package answers no operation of registration. The cases differ in types',
  'handle-tablet-request.ts: \'fault\' => ""': 'what is neither served nor refused is told as a fault',
  'tablet-form.ts: { return undefined; } => {}': 'a function that ends gives undefined',
  'tablet-form.ts: input !== null => true': 'what null throws when it is read is caught, and counts as nothing too',
  'tablet-request.ts: \'\' => "Stryker was here!"': 'neither is a whole number',
  'tablet-request.ts: \'SessionId\' => ""': 'a codec that is only asked whether it holds: nobody sees its name',
  'tablet-request.ts: \'must be a whole number above 0\' => ""': 'likewise its rule',
  'testing/in-memory-ports.ts: [] => ["Stryker was here"]': 'a device or user without a name is never asked for',
  'testing/in-memory-ports.ts: [] => ["Stryker was here"] (2)': 'likewise',
  'testing/port-laws.ts: id + 1_000_000 => id - 1_000_000': 'one unknown id is as good as another',
  'upload-table.ts: () => false => () => undefined': 'undefined is as good as false to whoever asks',
  'upload-table.ts: key !== undefined => true': 'no list of columns has undefined in it; the types need to be told',
  "user-error.ts: typeof error.code === 'string' => true":
    'a code that is no text is found wanting with the other data; the types need to be told',
  'version-policy.ts: /-0$/ => /-0/': 'what is left of any other version is none, or comes before it',
  'version-policy.ts: version.compare(semver) < 0 => version.compare(semver) <= 0':
    'a version that equals a bound does not break it',
};
