/** The same by valibot. It reads no pairs and knows no versions, so these two are done as by hand. */
import * as v from 'valibot';

import {
  isReserved,
  nameGrammar,
  opened,
  operationGrammar,
  optional,
  optionalSecret,
  optionalSessionId,
  readFields,
  repeatedField,
} from './hand-written.js';
import type { Open } from './rival.js';
import { compareVersions, parseVersion, type Version } from './version.js';

// Every rule's message is the refusal's code.
const text = v.string('invalid-field');

const schemaOf = (minimum: Version) =>
  v.pipe(
    v.object({
      operation: v.optional(v.pipe(text, v.regex(operationGrammar, 'invalid-field')), ''),
      device: v.optional(v.pipe(text, v.regex(nameGrammar, 'invalid-field')), ''),
      user: v.optional(v.pipe(text, v.regex(nameGrammar, 'invalid-field')), ''),
      password: v.optional(v.pipe(text, v.transform(optionalSecret)), ''),
      session_id: v.optional(v.pipe(text, v.transform(optionalSessionId)), ''),
      session_token: v.optional(v.pipe(text, v.transform(optionalSecret)), ''),
      camcops_version: v.optional(
        v.pipe(
          text,
          v.rawTransform(({ dataset, addIssue, NEVER }) => {
            const version = parseVersion(dataset.value);
            if (version !== undefined) return version;
            addIssue({ message: dataset.value === '' ? 'missing-version' : 'nonsensical-version' });
            return NEVER;
          }),
        ),
        '',
      ),
    }),
    v.check(({ device }) => !isReserved(device, 'server'), 'reserved-device-name'),
    v.check(({ user }) => !isReserved(user, 'system'), 'reserved-username'),
    v.check(({ camcops_version }) => compareVersions(camcops_version, minimum) >= 0, 'version-too-old'),
    v.transform((sent) => ({
      request: {
        operation: optional(sent.operation),
        deviceName: optional(sent.device),
        username: optional(sent.user),
        password: sent.password,
        sessionId: sent.session_id,
        sessionToken: sent.session_token,
        clientVersion: sent.camcops_version.text,
      },
      version: sent.camcops_version,
    })),
  );

export const byValibot = (minimum: Version): Open => {
  const schema = schemaOf(minimum);
  return (form, found) => {
    if (form.method !== 'POST') return { code: 'not-post' };
    const sent = readFields(form.fields);
    const field = repeatedField(sent);
    if (field !== undefined) return { code: 'duplicate-field', field };

    const checked = v.safeParse(schema, sent, { abortEarly: true });
    if (checked.success) return opened(checked.output, found);
    const [issue] = checked.issues;
    const code = issue.message;
    return code === 'invalid-field' ? { code, field: String(issue.path?.[0].key) } : { code };
  };
};
