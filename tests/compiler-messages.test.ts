/** What the compiler says of a host's commonest mistakes: the message, and the line that it points to. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = `${root}tests/mistake.ts`;
const { config } = ts.readConfigFile(`${root}tsconfig.json`, (path) => ts.sys.readFile(path)) as { config: object };
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);

const prelude = `
import { right } from 'fp-ts/lib/Either.js';
import { none, some } from 'fp-ts/lib/Option.js';
import { handleTabletRequest, type DeviceStore, type Handlers, type Ports } from 'camcops-tablet-session';
import { operationHandlers, type TabletHost } from 'camcops-tablet-session/operations';
declare const ports: Ports<Error>;
declare const host: TabletHost<Error>;
void [right, none, some, handleTabletRequest, operationHandlers];
`;

interface Message {
  readonly at: string;
  /** The innermost reason last. */
  readonly lines: readonly string[];
}

const messagesOf = (code: string): readonly Message[] => {
  const text = `${prelude}${code}`;
  const compilerHost = ts.createCompilerHost(options);
  const program = ts.createProgram(
    [file],
    { ...options, noUnusedLocals: false },
    {
      ...compilerHost,
      fileExists: (path) => path === file || compilerHost.fileExists(path),
      getSourceFile: (path, ...rest) =>
        path === file ? ts.createSourceFile(path, text, rest[0], true) : compilerHost.getSourceFile(path, ...rest),
    },
  );
  return ts
    .getPreEmitDiagnostics(program, program.getSourceFile(file))
    .map(({ messageText, start = 0, length = 0 }) => ({
      at: text.slice(start, start + length).split('\n', 1)[0] ?? '',
      lines: ts
        .flattenDiagnosticMessageText(messageText, '\n')
        .split('\n')
        .map((line) => line.trim()),
    }));
};

it.each([
  [
    'a plain string for a brand',
    `const store: DeviceStore<Error> = { findDeviceByName: () => async () => right(some({ id: 1, name: 'tablet-1' })) };`,
    /'tablet-1' \}\)\) \| Type 'string' is not assignable to type 'Brand<{ readonly DeviceName: unique symbol; }>'/,
  ],
  [
    'a function that is missing',
    `const { uploads, ...without } = host; operationHandlers(without);`,
    /without \| Property 'uploads' is missing in type/,
  ],
  [
    'an operation that is misspelt',
    `const handlers: Handlers<Error> = { upload_tabel: () => async () => right(undefined) };`,
    /upload_tabel \| .*'upload_tabel' does not exist in type 'Handlers<Error.*Did you mean to write 'upload_table'\?/,
  ],
  [
    'an answer of the wrong shape',
    `const handlers: Handlers<Error> = { upload_table: () => async () => right(7) };`,
    /upload_table \| Type 'number' is not assignable to type 'Answer'/,
  ],
  [
    'fields that are read before they are typed',
    `const handlers: Handlers<Error> = { upload_table: (_, fields) => async () => right(String(fields.get('table'))) };`,
    /get \| Property 'get' does not exist on type/,
  ],
  [
    'a port that is async without its second arrow',
    `const store: DeviceStore<Error> = { findDeviceByName: async () => right(none) };`,
    /right\(none\) \| Type 'Promise<.*>' provides no match for the signature '\(\): Promise</,
  ],
  [
    'an import without the ending of its file',
    `import { left } from 'fp-ts/lib/Either'; void left;`,
    /'fp-ts\/lib\/Either' \| Cannot find module 'fp-ts\/lib\/Either' or its corresponding type declarations/,
  ],
  [
    'an import of a type that does not say so',
    `import { Device } from 'camcops-tablet-session'; declare const device: Device; void device;`,
    /Device \| 'Device' is a type and must be imported using a type-only import/,
  ],
])(
  '%s',
  (_, code, message) => {
    const messages = messagesOf(code).map(({ at, lines }) => `${at} | ${lines.at(-1) ?? ''}`);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  },
  60_000,
);

/** A port or host with one wrong member: what the compiler points to, and the last line that it says. */
const wrongMembers = [
  [`users: { authenticate: () => async () => right(some(1)) }`, /^right\(some\(1\)\) /, /'number'.*'User'/],
  [`users: { authenticate: async () => right(none) }`, /^right\(none\) /, /no match for the signature/],
  [
    `users: { authenticate: (name: number) => async () => right(some(name)) }`,
    /^authenticate /,
    /'Username'.*'number'/,
  ],
  [`users: {}`, /^users /, /'authenticate' is missing/],
  [`devices: { findDeviceByName: () => async () => left('down') }`, /^left\('down'\) /, /'string'.*'Error'/],
  [`devices: { findDevice: () => async () => right(none) }`, /^findDevice /, /'findDevice' does not exist/],
  [
    `sessions: { ...sessions, startSession: () => async () => right({ id: 1, token: 'abc' }) }`,
    /^right\(\{ id/,
    /'Secret'/,
  ],
] as const;
const wrongInHost = [
  [`tables: { phq9: ['q1'] }`, /^phq9 /, /'phq9' does not exist in type/],
  [`serverInfo: () => async () => right({ databaseTitle: 'x' })`, /^right\(\{ database/, /uploadPolicy/],
  [`registerDevice: () => async () => right(7)`, /^right\(7\) /, /'number'.*'void'/],
  [`registerDevice: () => async () => left(new Error('x'))`, /^left\(new Error/, /'code' is missing in type 'Error'/],
  [`uploads: { ...host.uploads, transact: (_, go) => async () => right(go(noUploads)) }`, /^right\(go/, /'void'/],
  [
    `uploads: { ...host.uploads, currentRecords: () => async () => right([{ key: '1' }]) }`,
    /^right\(\[/,
    /whenLastModified/,
  ],
  [`extraStrings: () => async () => right('none')`, /^extraStrings /, /'string'.*'readonly ExtraString\[\]'/],
  [`ownPatient: () => async () => right(some({ forename: 'Ann' }))`, /^ownPatient /, /surname/],
  [`patientMode: { ...mode, registerPatient: () => async () => right({}) }`, /^right\(\{\}\) /, /username, password/],
] as const;
/** A value whose type is named: the whole message, at the property itself. */
const wrongValues = [
  [`const user: User = { ...nurse, id: '1' };`, /^id /],
  [`const user: User = { ...nurse, uploadGroupId: 1 };`, /^uploadGroupId /],
  [
    `const user = some<User>({ ...nurse, memberships: [{ groupId: '1', mayUpload: true, mayRegisterDevices: true }] });`,
    /^groupId /,
  ],
  [`const device: Device = { id: 1, name: 'tablet-1' };`, /^name /],
  [`const started: SessionIdToken = { id: 1, token: 'abc' };`, /^token /],
] as const;

it('a wrong member of a port or host is reported at that member, and the last line says why', () => {
  const code = [
    `import { left } from 'fp-ts/lib/Either.js';`,
    `import type { SessionStore } from 'camcops-tablet-session';`,
    `import { noUploads, type PatientMode } from 'camcops-tablet-session/operations';`,
    `declare const sessions: SessionStore<Error>; declare const mode: PatientMode<Error>; void left; void noUploads;`,
    ...wrongMembers.map(([member], at) => `const p${String(at)}: Ports<Error> = { ...ports, ${member} };`),
    ...wrongInHost.map(([member], at) => `const h${String(at)}: TabletHost<Error> = { ...host, ${member} };`),
  ];
  const messages = messagesOf(code.join('\n')).map(({ at, lines }) => `${at} | ${lines.at(-1) ?? ''}`);
  const all = [...wrongMembers, ...wrongInHost];
  expect(messages).toEqual(all.map(([, at]): unknown => expect.stringMatching(at)));
  expect(messages).toEqual(all.map(([, , why]): unknown => expect.stringMatching(why)));
}, 60_000);

it('a wrong value whose type is named is reported at its property, in at most three lines', () => {
  const code = [
    `import type { Device, SessionIdToken, User } from 'camcops-tablet-session'; declare const nurse: User;`,
    ...wrongValues.map(([value]) => `{ ${value} }`),
  ];
  const messages = messagesOf(code.join('\n'));
  expect(messages.map(({ at }) => `${at} `)).toEqual(wrongValues.map(([, at]): unknown => expect.stringMatching(at)));
  expect(messages.filter(({ lines }) => lines.length > 3)).toEqual([]);
}, 60_000);
