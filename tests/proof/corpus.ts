/** The corpus: inputs that once told a broken package from a sound one. `corpus/README.md` says more. */
import fc from 'fast-check';
import * as t from 'io-ts';
import { readdirSync, readFileSync } from 'node:fs';
import { inspect } from 'node:util';

import { decoded } from '../support/decoded.js';
import { differenceOn, type Difference } from './compare.js';
import type { NamedProperty } from './named-property.js';
import { properties } from './properties.js';
import { counted } from './rules.js';

const Line = t.type({ broken: t.string, input: t.unknown });
const Values = t.type({ property: t.string, seed: t.number, path: t.string });

export interface CorpusLine extends t.TypeOf<typeof Line> {
  /** The name of the file: what the input is of. */
  readonly kind: string;
}

const folder = new URL('corpus/', import.meta.url);

export const corpus: readonly CorpusLine[] = readdirSync(folder)
  .filter((file) => file.endsWith('.jsonl'))
  .flatMap((file) =>
    readFileSync(new URL(file, folder), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => ({ kind: file.replace('.jsonl', ''), ...decoded(Line, JSON.parse(line)) })),
  );

/** A failure in words, and the line of the corpus that shows it again. */
export interface Failure {
  readonly words: string;
  readonly line: string;
}

/** JSON has no `undefined`, symbols or bigints: they become `null`, which is as little a text. */
const lineOf = (kind: string, input: unknown): string => {
  const json = JSON.stringify({ broken: '...', input }, (_, value: unknown) =>
    typeof value === 'bigint' || typeof value === 'symbol' ? null : value,
  );
  return `corpus/${kind}.jsonl: ${json}`;
};

export const failureOfModel = (kind: string, found: Difference | undefined): Failure | undefined =>
  found && { words: inspect(found, { depth: Infinity, maxArrayLength: Infinity }), line: lineOf(kind, found.input) };

/** A path leads to a value of its seed, shrunk, as long as the property's arbitraries stay. */
export const failureOfProperty = async (
  { name, property }: NamedProperty,
  parameters: fc.Parameters<unknown>,
): Promise<Failure | undefined> => {
  const details = await fc.check(property, parameters);
  if (!details.failed) return undefined;
  const { seed, counterexamplePath: path } = details;
  const words = await fc.asyncDefaultReportMessage(details);
  return { words, line: lineOf('properties', { property: name, seed, path }) };
};

export const failureOfLine = async ({ kind, input }: CorpusLine): Promise<Failure | undefined> => {
  for (const [name, { comparison }] of Object.entries(counted)) {
    if (name === kind) return failureOfModel(kind, await differenceOn(comparison, input));
  }
  const { property: name, seed, path } = decoded(Values, input);
  const property = properties.find((other) => other.name === name);
  if (property === undefined) return { words: `${kind}: nothing is called ${name}`, line: lineOf(kind, input) };
  return failureOfProperty(property, { seed, path, endOnFailure: true });
};
