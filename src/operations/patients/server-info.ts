/** What a server tells tablets of itself, and holds their patients to. */
import type { Option } from 'fp-ts/lib/Option.js';
import type * as t from 'io-ts';

import type { IdNumberValidation } from './id-number.js';
import type { IdPolicy } from './id-policy.js';

interface ServerInfoBrand {
  readonly ServerInfo: unique symbol;
}

/** A type of ID number, such as the number of a hospital. */
export interface IdNumberType {
  /** The N of `idnumN` and `IDNUMN`: a whole number from 1 to 2147483647. */
  readonly which: number;
  /** On one line, and without leading white space. */
  readonly description: string;
  /** On one line, and without leading white space. */
  readonly shortDescription: string;
  readonly validation: Option<IdNumberValidation>;
}

/** What server information holds. */
export interface ServerInfoContent {
  /** On one line, and without leading white space. */
  readonly databaseTitle: string;
  /** What each patient must satisfy. */
  readonly uploadPolicy: IdPolicy;
  /** What a patient must satisfy instead who is about to leave the tablet. */
  readonly finalizePolicy: IdPolicy;
  /** By `which`, in its order. */
  readonly idNumbers: ReadonlyMap<number, IdNumberType>;
}

/** Server information that a tablet can be told: `serverInfo(config)` makes it. */
export type ServerInfo = t.Branded<ServerInfoContent, ServerInfoBrand>;
