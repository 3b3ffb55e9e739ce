/** The PostgreSQL host's ports and uploads keep the laws, on both databases. */
import { describe, it } from 'vitest';

import { databasePorts } from '../../../examples/postgres/ports.js';
import { databaseUploads } from '../../../examples/postgres/uploads.js';
import { databaseUsers } from '../../../examples/postgres/users.js';
import { itKeepsTheLaws } from '../../support/database-laws.js';
import { databases, passwordCost } from '../../support/reference-server.js';

describe.for(databases)('on $name', ({ isThere, open }) => {
  if (!isThere) {
    it.skip('no server answers');
    return;
  }
  const db = open();
  itKeepsTheLaws(db, databasePorts(db, databaseUsers(db, passwordCost)), databaseUploads);
});
