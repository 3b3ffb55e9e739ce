/** The reference server's ports and uploads keep the laws, on both databases. */
import { databasePorts } from '../../../examples/postgres/ports.js';
import { databaseUploads } from '../../../examples/postgres/uploads.js';
import { auditUpload } from '../../../examples/reference-server/audit.js';
import { limitedUsers } from '../../../examples/reference-server/sign-in.js';
import { signInLimits } from '../../../examples/reference-server/sign-in-limits.js';
import { itKeepsTheLaws } from '../../support/database-laws.js';
import { onEachDatabase, passwordCost } from '../../support/reference-server.js';

onEachDatabase(({ open }) => {
  const db = open();
  const ports = databasePorts(db, limitedUsers(db, signInLimits(db), passwordCost));
  itKeepsTheLaws(db, ports, (over) => databaseUploads(over, auditUpload));
});
