/** A value that gets past the types, as from a host written in JavaScript. The one cast of the tests. */
export const untyped = (value: unknown): never => value as never;
