/** The io-ts codec of a whole form. */
import { isLeft, isRight } from 'fp-ts/lib/Either.js';
import { isSome, map as mapOption, some, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ClientVersion } from './client-version.js';
import { optionOf, PositiveInteger, redactedFailure } from './internal/codec.js';
import { DeviceName, OperationName, Username } from './names.js';
import { NonBlankSecret, type Secret } from './secret.js';
import { readForm, type FieldName, type TabletForm } from './tablet-form.js';
import { checkFields, type TabletRequest } from './tablet-request.js';
import { userErrorMessage } from './user-error.js';

const RequestShape = t.type({
  operation: optionOf(OperationName),
  deviceName: optionOf(DeviceName),
  username: optionOf(Username),
  password: optionOf(NonBlankSecret),
  sessionId: optionOf(PositiveInteger),
  sessionToken: optionOf(NonBlankSecret),
  clientVersion: ClientVersion,
});

const asForm = (request: TabletRequest): TabletForm => {
  const fields: readonly (readonly [FieldName, Option<string>])[] = [
    ['operation', request.operation],
    ['device', request.deviceName],
    ['user', request.username],
    ['password', mapOption((password: Secret) => password.reveal())(request.password)],
    ['session_id', mapOption(String)(request.sessionId)],
    ['session_token', mapOption((token: Secret) => token.reveal())(request.sessionToken)],
    ['camcops_version', some(request.clientVersion)],
  ];
  return {
    method: 'POST',
    fields: fields.flatMap(([name, value]) => (isSome(value) ? [[name, value.value] as const] : [])),
  };
};

/** Returns whether some form decodes to this value: it has no reserved name, for example. */
const isRequest = (input: unknown): input is TabletRequest => {
  try {
    return RequestShape.is(input) && isRight(checkFields(readForm(asForm(input))));
  } catch {
    return false;
  }
};

/**
 * The codec of a whole form. Decodes like {@link parseTabletRequest}, without a version policy; errors hold the refusal's words and
 * nothing of the form. Encodes a request as the form that a tablet would send, with password and token in clear.
 *
 * @example
 * import { TabletRequestFromForm } from 'camcops-tablet-session';
 * import * as E from 'fp-ts/lib/Either.js';
 * import { PathReporter } from 'io-ts/lib/PathReporter.js';
 *
 * const decode = (fields: Record<string, string>) => TabletRequestFromForm.decode({ method: 'POST', fields });
 * E.map(TabletRequestFromForm.encode)(decode({ camcops_version: '1.5', device: '' }));
 * // right({ method: 'POST', fields: [['camcops_version', '1.50.0']] })
 * PathReporter.report(decode({ camcops_version: '2.4.24', device: 'server' }));
 * // ["Tablets cannot use the device name 'server'"]
 */
export const TabletRequestFromForm: t.Type<TabletRequest, TabletForm> = new t.Type(
  'TabletRequestFromForm',
  isRequest,
  (input, context) => {
    const request = checkFields(readForm(input));
    return isLeft(request) ? redactedFailure(context, userErrorMessage(request.left)) : request;
  },
  asForm,
);
