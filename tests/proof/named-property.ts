/** A property with a name, for a test runner and for the fuzzer alike. */
import fc from 'fast-check';

export interface NamedProperty {
  readonly name: string;
  readonly property: fc.IRawProperty<unknown, true>;
}

/** `check` throws where the property does not hold. */
export const holds = <A>(
  name: string,
  arbitrary: fc.Arbitrary<A>,
  check: (value: A) => void | Promise<void>,
): NamedProperty => ({
  name,
  property: fc.asyncProperty(arbitrary, async (value) => {
    await check(value);
  }),
});
