/** The answer to `register` and `get_id_info`: server information. */
import { showIdPolicy } from '../patients/id-policy.js';
import { textOf } from '../patients/patient-details.js';
import type { ServerInfo } from '../patients/server-info.js';

/** Returns every line that a tablet compares, blank lines too. All of it was checked when the information was made. */
export const serverInfoAnswer = (info: ServerInfo): Readonly<Record<string, string>> => ({
  databaseTitle: info.databaseTitle,
  idPolicyUpload: showIdPolicy(info.uploadPolicy),
  idPolicyFinalize: showIdPolicy(info.finalizePolicy),
  serverCamcopsVersion: info.camcopsVersion,
  ...Object.fromEntries(
    [...info.idNumbers].flatMap(([which, { description, shortDescription, validation }]) => [
      [`idDescription${String(which)}`, description],
      [`idShortDescription${String(which)}`, shortDescription],
      [`idValidationMethod${String(which)}`, textOf(validation)],
    ]),
  ),
});
