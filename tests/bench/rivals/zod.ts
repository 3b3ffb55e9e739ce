/** The same by zod 4. It reads no pairs and knows no versions, so these two are done as by hand. */
import { z } from 'zod';

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
const text = z.string('invalid-field');

const schemaOf = (minimum: Version) =>
  z
    .object({
      operation: text.regex(operationGrammar, 'invalid-field').default(''),
      device: text.regex(nameGrammar, 'invalid-field').default(''),
      user: text.regex(nameGrammar, 'invalid-field').default(''),
      password: text.default('').transform(optionalSecret),
      session_id: text.default('').transform(optionalSessionId),
      session_token: text.default('').transform(optionalSecret),
      camcops_version: text.default('').transform((sent, context) => {
        const version = parseVersion(sent);
        if (version !== undefined) return version;
        context.addIssue(sent === '' ? 'missing-version' : 'nonsensical-version');
        return z.NEVER;
      }),
    })
    .refine(({ device }) => !isReserved(device, 'server'), 'reserved-device-name')
    .refine(({ user }) => !isReserved(user, 'system'), 'reserved-username')
    .refine(({ camcops_version }) => compareVersions(camcops_version, minimum) >= 0, 'version-too-old')
    .transform((sent) => ({
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
    }));

export const byZod = (minimum: Version): Open => {
  const schema = schemaOf(minimum);
  return (form, found) => {
    if (form.method !== 'POST') return { code: 'not-post' };
    const sent = readFields(form.fields);
    const field = repeatedField(sent);
    if (field !== undefined) return { code: 'duplicate-field', field };

    const checked = schema.safeParse(sent);
    if (checked.success) return opened(checked.data, found);
    const [issue] = checked.error.issues;
    const code = issue?.message ?? 'unknown';
    return code === 'invalid-field' ? { code, field: String(issue?.path[0]) } : { code };
  };
};
