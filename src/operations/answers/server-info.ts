/** Server information: made from a host's configuration, and written for tablets. */
import { isLeft, mapLeft, type Either } from 'fp-ts/lib/Either.js';

import { isIdNumberType } from '../patients/id-number.js';
import { parseIdPolicy, showIdPolicy, type IdPolicy, type IdPolicyError } from '../patients/id-policy.js';
import { textOf } from '../patients/patient-details.js';
import type { IdNumberType, ServerInfo, ServerInfoContent } from '../patients/server-info.js';
import { answerIf, isOneLine, oneLineRule, type BrokenRule, type Check } from './broken-rule.js';

/**
 * The version of CamCOPS's server whose operations this package does. Tablets store it and compare it at each upload, so a new one
 * makes each of them fetch server information again.
 */
export const serverCamcopsVersion = '2.4.24';

/** What a host says of itself. */
export interface ServerInfoConfig {
  readonly databaseTitle: string;
  /** What each patient must satisfy: see `parseIdPolicy`. */
  readonly uploadPolicy: string;
  /** What a patient must satisfy instead who is about to leave the tablet. */
  readonly finalizePolicy: string;
  readonly idNumbers: readonly IdNumberType[];
}

/** The first thing in a configuration that a tablet could not be told. */
export type ServerInfoError = BrokenRule;

const readPolicy = (field: string, policy: string): Either<ServerInfoError, IdPolicy> =>
  mapLeft(({ reason, position }: IdPolicyError) => ({
    field,
    rule: `must be an ID policy: ${reason.replace('-', ' ')} at position ${String(position)}`,
  }))(parseIdPolicy(policy));

const idNumberChecks = (types: readonly IdNumberType[]): readonly Check[] =>
  types.flatMap(({ which, description, shortDescription }, index): readonly Check[] => {
    const field = `idNumbers[${String(index)}]`;
    const isFirst = types.findIndex((type) => type.which === which) === index;
    return [
      [`${field}.which`, 'must be a whole number from 1 to 2147483647', isIdNumberType(which)],
      [`${field}.which`, 'must be a type of its own', isFirst],
      [`${field}.description`, oneLineRule, isOneLine(description)],
      [`${field}.shortDescription`, oneLineRule, isOneLine(shortDescription)],
    ];
  });

/**
 * Makes server information, or says what a tablet could not be told: a policy that does not parse; a title or description with a
 * line end or leading white space; a type of ID number that is not 1 to 2147483647, or is there twice.
 *
 * @example
 * import { serverInfo } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { pipe } from 'fp-ts/lib/function.js';
 *
 * const config = { databaseTitle: 'Clinic', uploadPolicy: 'sex AND dob', finalizePolicy: 'sex AND dob', idNumbers: [] };
 * pipe(serverInfo(config), E.map((info) => info.databaseTitle)); // right('Clinic')
 * serverInfo({ ...config, finalizePolicy: 'sex AND' });
 * // left({ field: 'finalizePolicy', rule: 'must be an ID policy: syntax at position 7' })
 */
export const serverInfo = (config: ServerInfoConfig): Either<ServerInfoError, ServerInfo> => {
  const { databaseTitle, idNumbers } = config;
  const uploadPolicy = readPolicy('uploadPolicy', config.uploadPolicy);
  if (isLeft(uploadPolicy)) return uploadPolicy;
  const finalizePolicy = readPolicy('finalizePolicy', config.finalizePolicy);
  if (isLeft(finalizePolicy)) return finalizePolicy;
  const checks = [['databaseTitle', oneLineRule, isOneLine(databaseTitle)], ...idNumberChecks(idNumbers)] as const;
  const ordered = [...idNumbers].sort((a, b) => a.which - b.which);
  const content: ServerInfoContent = {
    databaseTitle,
    uploadPolicy: uploadPolicy.right,
    finalizePolicy: finalizePolicy.right,
    idNumbers: new Map(ordered.map((type) => [type.which, type])),
  };
  // The only maker of a ServerInfo.
  return answerIf(checks, () => content as ServerInfo);
};

/**
 * The answer to `register` and `get_id_info`. Every line that a tablet compares is there, blank ones too.
 *
 * @example
 * import { serverInfo, serverInfoAnswer } from 'camcops-tablet-session/operations';
 * import * as E from 'fp-ts/lib/Either.js';
 *
 * const config = { databaseTitle: 'Clinic', uploadPolicy: 'sex', finalizePolicy: 'sex and dob', idNumbers: [] };
 * E.map(serverInfoAnswer)(serverInfo(config));
 * // right({
 * //   databaseTitle: 'Clinic',
 * //   idPolicyUpload: 'SEX',
 * //   idPolicyFinalize: 'SEX AND DOB',
 * //   serverCamcopsVersion: '2.4.24',
 * // })
 * E.map(serverInfoAnswer)(serverInfo({ ...config, databaseTitle: ' Clinic' }));
 * // left({ field: 'databaseTitle', rule: 'must be on one line, without leading white space' })
 */
export const serverInfoAnswer = (info: ServerInfo): Readonly<Record<string, string>> => ({
  databaseTitle: info.databaseTitle,
  idPolicyUpload: showIdPolicy(info.uploadPolicy),
  idPolicyFinalize: showIdPolicy(info.finalizePolicy),
  serverCamcopsVersion,
  ...Object.fromEntries(
    [...info.idNumbers].flatMap(([which, { description, shortDescription, validation }]) => [
      [`idDescription${String(which)}`, description],
      [`idShortDescription${String(which)}`, shortDescription],
      [`idValidationMethod${String(which)}`, textOf(validation)],
    ]),
  ),
});
