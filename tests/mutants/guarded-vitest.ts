/** vitest, but a group of tests that cannot be collected is a test that fails: a mutant that breaks it would go unseen else. */
import { describe as group, expect, it } from '../../node_modules/vitest/dist/index.js';

type Body = (...args: readonly unknown[]) => void;

const guarded =
  (body: Body): Body =>
  (...args) => {
    try {
      body(...args);
    } catch (error) {
      it('is collected', () => expect.fail(String(error)));
    }
  };

const each = (table: readonly unknown[]) => {
  const groups = group.each(table);
  return (name: string, body: Body): void => {
    groups(name, guarded(body));
  };
};

const describe = (name: string, body: Body): void => {
  group(name, guarded(body));
};

export * from '../../node_modules/vitest/dist/index.js';
const guardedDescribe = Object.assign(describe, { each });
export { guardedDescribe as describe };
