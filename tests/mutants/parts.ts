/** The parts of a run. Each takes less than an hour on two cores. */

/** Paths without their endings, within `src` of the files to change, and within `tests` of the tests that meet each change. */
interface Part {
  readonly files: RegExp;
  readonly tests: RegExp;
}

/** Only operations refuse with these. */
const refusalsOfOperations = 'refusals/(?:patients|uploads)$';

/** Those of the front door that do not check documents, types or commands. */
const testsOfFrontDoor =
  /^(?!api-reference|architecture|compiler|docs|readme|trees|troubleshooting)[^/]+$|^(?:refusals|internal)\/|^vectors\/requests$|^proof\/(?:faults|pollution)$/;

const testsOfOperations = /^operations\//;

/** By name. Each file of `src` belongs to exactly one. */
export const parts: Readonly<Record<string, Part>> = {
  'front-door': {
    files: new RegExp(`^(?!${refusalsOfOperations})(?:(?:refusals|internal)/)?[^/]+$`),
    tests: testsOfFrontDoor,
  },
  testing: { files: /^testing\//, tests: /^testing\// },
  tables: { files: /^tables\//, tests: /^tables\// },
  'operations-commands': {
    files: new RegExp(`^operations/commands/|^${refusalsOfOperations}`),
    tests: /^operations\/|^refusals\/|^user-error$/,
  },
  'operations-wire': { files: /^operations\/wire\//, tests: testsOfOperations },
  'operations-uploads': { files: /^operations\/(?:uploads\/|[^/]+$)/, tests: testsOfOperations },
  'operations-patients': { files: /^operations\/(?!commands\/|wire\/|uploads\/)[^/]+\//, tests: testsOfOperations },
};

/** A list of data is not changed: a change of one item says nothing of the code, and there are thousands. */
export const isData = (file: string): boolean => file === 'tables/client-tables';

/** Holds the name of the part, for the processes that run the tests. */
export const partVariable = 'MUTANTS_PART';
