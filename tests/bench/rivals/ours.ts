/** The package itself, in the words of its rivals. */
import { isLeft } from 'fp-ts/lib/Either.js';

import {
  copeWithDeletedPatientDescriptors,
  copeWithOldIdNums,
  explicitPkNameForUploadTable,
  parseTabletRequest,
  pkNameInUploadTableNeitherFirstNorExplicit,
  tabletSession,
  type VersionPolicy,
} from 'camcops-tablet-session';
import type { Open } from './rival.js';

export const ours = (versions: VersionPolicy): Open => {
  const parse = parseTabletRequest(versions);
  return (form, found) => {
    const request = parse(form);
    if (isLeft(request)) return request.left;
    const session = tabletSession(request.right)(found);
    return {
      request: request.right,
      session,
      quirks: {
        deletedPatientDescriptors: copeWithDeletedPatientDescriptors(session),
        oldIdNums: copeWithOldIdNums(session),
        explicitPkName: explicitPkNameForUploadTable(session),
        pkNameNeitherFirstNorExplicit: pkNameInUploadTableNeitherFirstNorExplicit(session),
      },
    };
  };
};
