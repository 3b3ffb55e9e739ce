import { describe, expect, it } from 'vitest';

import {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  explicitPkNameForUploadTable,
  parseClientVersion,
  pkNameInUploadTableNeitherFirstNorExplicit,
} from '../src/index.js';
import { rightOf } from './support/decoded.js';

const quirksOf = (text: string) => {
  const client = { clientVersion: rightOf(parseClientVersion(text)) };
  return {
    deletedDescriptors: copeWithDeletedPatientDescriptors(client),
    oldIdNums: copeWithOldIdNums(client),
    explicitPk: explicitPkNameForUploadTable(client),
    neitherFirstNorExplicit: pkNameInUploadTableNeitherFirstNorExplicit(client),
  };
};

type Quirks = ReturnType<typeof quirksOf>;

const javascriptClient: Quirks = {
  deletedDescriptors: true,
  oldIdNums: true,
  explicitPk: false,
  neitherFirstNorExplicit: false,
};
const firstCpp: Quirks = {
  deletedDescriptors: false,
  oldIdNums: true,
  explicitPk: false,
  neitherFirstNorExplicit: true,
};
const newIdNums: Quirks = {
  deletedDescriptors: false,
  oldIdNums: false,
  explicitPk: false,
  neitherFirstNorExplicit: true,
};
const modern: Quirks = {
  deletedDescriptors: false,
  oldIdNums: false,
  explicitPk: true,
  neitherFirstNorExplicit: false,
};

const eras: readonly (readonly [era: string, quirks: Quirks, versions: readonly string[]])[] = [
  [
    'before the C++ client',
    javascriptClient,
    ['0', '0.0.0-0', '1.06', '1.14', '1.5', '1.99', '1.999.999', '1.99.99+b', '2.0.0-0', '2.0.0-rc.1', '2.0.0-rc.1+b'],
  ],
  ['from 2.0.0', firstCpp, ['2', '2.0', '2.00', '2.0.0', '2.0.0+b', '2.0.1-0', '2.0.1-rc.1', '2.0.1-rc.1+b']],
  [
    'from 2.0.1',
    newIdNums,
    ['2.0.1', '2.0.1+b', '2.0.2-0', '2.0.2', '2.0.3', '2.0.3+b', '2.0.4-0', '2.0.4-rc.1', '2.0.4-rc.1+b'],
  ],
  [
    'from 2.0.4',
    modern,
    [
      ...['2.0.4', '2.0.4+b', '2.0.5-0', '2.0.5', '2.0.10', '2.1.0-rc.1', '2.1.0', '2.01', '2.1'],
      ...['2.2.3', '2.2.4', '2.2.6', '2.2.7', '2.2.8', '2.3.1', '2.3.2', '2.3.3', '2.3.4'],
      ...['2.4.1', '2.4.14', '2.4.24', '2.4.24-beta+b', '3.0.0-0', '3', '10', '9007199254740991'],
    ],
  ],
];

describe.each(eras)('%s', (_, quirks, versions) => {
  it.each(versions)('%s', (text) => {
    expect(quirksOf(text)).toStrictEqual(quirks);
  });
});
