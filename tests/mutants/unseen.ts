/** The mutants that no test can see, each with the reason: what they do is the same. Named as `check.ts` prints them. */
export const unseen: Readonly<Record<string, string>> = {};
