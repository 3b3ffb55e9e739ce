/** Patients and server information that many tests need. */
import { none, some } from 'fp-ts/lib/Option.js';

import type { PatientDetails, ServerInfo, ServerInfoConfig } from '../../src/operations/patients/model.js';
import { serverInfo } from '../../src/operations/patients/server-info.js';
import { rightOf } from './decoded.js';

export const nobody: PatientDetails = {
  forename: none,
  surname: none,
  sex: none,
  dob: none,
  address: none,
  email: none,
  gp: none,
  other: none,
  idNumbers: new Map(),
};

export const clinic: ServerInfoConfig = {
  databaseTitle: 'Clinic',
  uploadPolicy: 'sex AND anyidnum',
  finalizePolicy: 'sex AND idnum4',
  idNumbers: [
    { which: 4, description: 'NHS number', shortDescription: 'NHS', validation: some('uk_nhs_number') },
    { which: 1, description: 'Hospital number', shortDescription: 'Hosp', validation: none },
  ],
};

export const clinicInfo: ServerInfo = rightOf(serverInfo(clinic));
