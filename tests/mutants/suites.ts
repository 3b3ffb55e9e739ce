/** What tests find in place of vitest: it collects them, so that they can be run without a new worker for each mutant. */
import * as vitest from 'vitest';

type Body = (...values: readonly unknown[]) => unknown;

interface Suite {
  readonly name: string;
  readonly parent?: Suite;
  readonly hooks: Readonly<Record<'beforeAll' | 'afterAll' | 'beforeEach' | 'afterEach', Body[]>>;
}

/** A test; `id` is unique. */
export interface CollectedTest {
  readonly id: string;
  readonly body: Body;
  readonly suite: Suite;
}

/** Each character costs much when changes are counted, and such a case finds nothing that a shorter one does not. */
const isHuge = (value: unknown): boolean => typeof value === 'string' && value.length > 100_000;

/** A function of vitest's that takes a name and a body, and its variants that take cases first. */
const withCases = (add: (name: string, body: Body) => void) => {
  const addFrom = (name: string, ...given: readonly unknown[]): void => {
    const body = given.find((value) => typeof value === 'function');
    add(name, body as Body);
  };
  const over =
    (valuesOf: (row: unknown) => readonly unknown[]) =>
    (rows: readonly unknown[]) =>
    (name: string, ...given: readonly unknown[]): void => {
      const body = given.find((value) => typeof value === 'function') as Body;
      for (const [index, row] of rows.entries()) {
        const values = valuesOf(row);
        if (!values.some(isHuge)) add(`${name} #${String(index)}`, () => body(...values));
      }
    };
  const one = over((row) => [row]);
  const spread = over((row) => row as readonly unknown[]);
  const each = (rows: readonly unknown[]) => (rows.every(Array.isArray) ? spread : one)(rows);
  return Object.assign(addFrom, { each, for: one });
};

const suiteIn = (name: string, parent?: Suite): Suite => ({
  name: parent === undefined ? name : `${parent.name} ${name}`,
  ...(parent === undefined ? {} : { parent }),
  hooks: { beforeAll: [], afterAll: [], beforeEach: [], afterEach: [] },
});

/** An empty collection, and what fills it. */
export const collector = () => {
  const tests: CollectedTest[] = [];
  const names = new Set<string>();
  let suite = suiteIn('');
  const uniqueName = (name: string): string => {
    const unique = names.has(name) ? uniqueName(`${name}'`) : name;
    names.add(unique);
    return unique;
  };
  const hook = (kind: keyof Suite['hooks']) => (body: Body) => void suite.hooks[kind].push(body);
  const it = withCases((name, body) => void tests.push({ id: uniqueName(`${suite.name} ${name}`), body, suite }));
  const describe = withCases((name, body) => {
    const outer = suite;
    suite = suiteIn(name, outer);
    body();
    suite = outer;
  });
  return {
    tests,
    vitest: {
      ...vitest,
      ...{ it, describe },
      ...{ beforeAll: hook('beforeAll'), afterAll: hook('afterAll') },
      ...{ beforeEach: hook('beforeEach'), afterEach: hook('afterEach') },
      startFile: (name: string) => void (suite = suiteIn(name)),
    },
  };
};

const suitesOf = (suite: Suite | undefined): readonly Suite[] =>
  suite === undefined ? [] : [...suitesOf(suite.parent), suite];

const callAll = async (suites: readonly Suite[], kind: keyof Suite['hooks']): Promise<void> => {
  for (const suite of suites) for (const body of suite.hooks[kind]) await body();
};

/** Runs a test between the hooks of its suites: of those that it opens, and of those that end with it. */
export const runTest = async (
  { body, suite }: CollectedTest,
  before: CollectedTest | undefined,
  after: CollectedTest | undefined,
): Promise<void> => {
  const suites = suitesOf(suite);
  const outwards = [...suites].reverse();
  const [opened, closed] = [suitesOf(before?.suite), suitesOf(after?.suite)];
  try {
    await callAll(
      suites.filter((other) => !opened.includes(other)),
      'beforeAll',
    );
    await callAll(suites, 'beforeEach');
    await body();
    await callAll(outwards, 'afterEach');
  } finally {
    await callAll(
      outwards.filter((other) => !closed.includes(other)),
      'afterAll',
    );
  }
};
