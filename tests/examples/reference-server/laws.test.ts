/** The reference server's ports and uploads keep the laws, on both databases. */
import { describe, it } from 'vitest';

import { databasePorts } from '../../../examples/postgres/ports.js';
import { databaseUploads } from '../../../examples/postgres/uploads.js';
import { auditUpload } from '../../../examples/reference-server/audit.js';
import { limitedUsers } from '../../../examples/reference-server/sign-in.js';
import { signInLimits } from '../../../examples/reference-server/sign-in-limits.js';
import { itKeepsTheLaws } from '../../support/database-laws.js';
import { databases, passwordCost } from '../../support/reference-server.js';

describe.for(databases)('on $name', ({ isThere, open }) => {
  if (!isThere) {
    it.skip('no server answers');
    return;
  }
  const db = open();
  const ports = databasePorts(db, limitedUsers(db, signInLimits(db), passwordCost));
  itKeepsTheLaws(db, ports, (over) => databaseUploads(over, auditUpload));
});
