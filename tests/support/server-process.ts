/** The reference server as a process of its own, as `npm run serve` and `npm run admin` start it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Settings = Readonly<Record<string, string>>;

const run = (script: string, args: readonly string[], settings: Settings): ChildProcess => {
  const { DATABASE_URL: _, DATA_FOLDER: __, ...inherited } = process.env;
  const program = ['--import', 'tsx', `examples/reference-server/${script}.ts`, ...args];
  return spawn(process.execPath, program, { cwd: root, env: { ...inherited, ...settings }, detached: false });
};

export interface ServerProcess {
  readonly url: string;
  readonly said: () => string;
  /** What it wrote to standard output. */
  readonly logged: () => string;
  /** Waits for words of it. */
  readonly says: (words: string) => Promise<void>;
  readonly child: ChildProcess;
  /** Sends a signal, and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<number | null>;
}

/** All it says, when it has ended. */
const collected = (child: ChildProcess, streams = [child.stdout, child.stderr]) => {
  let said = '';
  for (const stream of streams) stream?.on('data', (data: Buffer) => (said += data.toString()));
  return () => said;
};

export const serverProcess = async (settings: Settings, args: readonly string[] = ['0']): Promise<ServerProcess> => {
  const child = run('main', args, settings);
  const [said, logged] = [collected(child), collected(child, [child.stdout])];
  const ended = once(child, 'exit');
  const says = async (words: string): Promise<void> => {
    const until = Date.now() + 100_000;
    while (!said().includes(words)) {
      if (child.exitCode !== null || Date.now() > until) throw new Error(`it did not say "${words}", but ${said()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  try {
    await says('the path camcops/database');
  } catch (error) {
    // It would hold its folder.
    child.kill('SIGKILL');
    throw error;
  }
  return {
    ...{ child, said, logged, says },
    url: /Listening at (\S+)/.exec(said())?.[1] ?? '',
    end: async (signal) => {
      child.kill(signal);
      await ended;
      return child.exitCode;
    },
  };
};

/** Runs to its end what ends by itself: its exit code, and all it said. */
export const runToEnd = async (
  script: 'main' | 'admin' | 'migrate',
  args: readonly string[],
  settings: Settings,
  input = '',
): Promise<readonly [code: number | null, said: string]> => {
  const child = run(script, args, settings);
  const said = collected(child);
  child.stdin?.end(input);
  await once(child, 'close');
  return [child.exitCode, said()];
};
