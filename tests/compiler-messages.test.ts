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

/** The messages of one snippet, each with the code that it points to, the innermost reason last. */
const messagesOf = (code: string): readonly string[] => {
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
    .map(({ messageText, start = 0, length = 0 }) => {
      const lines = ts.flattenDiagnosticMessageText(messageText, '\n').split('\n');
      return `${text.slice(start, start + length).split('\n', 1)[0] ?? ''} | ${lines.at(-1)?.trim() ?? ''}`;
    });
};

it.each([
  [
    'a plain string for a brand',
    `const store: DeviceStore<Error> = { findDeviceByName: () => async () => right(some({ id: 1, name: 'tablet-1' })) };`,
    /'tablet-1' \}\)\) \| Type 'string' is not assignable to type 'Brand<DeviceNameBrand>'/,
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
])(
  '%s',
  (_, code, message) => {
    const messages = messagesOf(code);
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(message);
  },
  60_000,
);
