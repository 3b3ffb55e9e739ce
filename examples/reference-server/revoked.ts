/** Devices that an administrator has revoked. */
import { exists } from 'fp-ts/lib/Option.js';
import { map } from 'fp-ts/lib/ReadonlyRecord.js';
import { left } from 'fp-ts/lib/TaskEither.js';
import { refused, type Fields, type Handlers, type TabletSession } from 'camcops-tablet-session';

import type { Tablet } from '../postgres/ports.js';
import type { Account } from '../postgres/users.js';

/** A handler for each operation. */
export type AllHandlers = Required<Handlers<unknown, Fields, Tablet, Account>>;

type Handler = (
  admission: { readonly session: TabletSession<Tablet> },
  fields: Fields,
) => ReturnType<AllHandlers['end_upload']>;

const revoked = refused('This device has been revoked: please speak to your administrator', 'revoked-device');

const isRevoked = exists((device: Tablet) => device.isRevoked);

/** Returns the same handlers, which tell the users of revoked devices so, whatever they ask for. */
export const unlessRevoked = (handlers: AllHandlers): AllHandlers => {
  const guarded =
    (handler: Handler): Handler =>
    (admission, fields) =>
      isRevoked(admission.session.device) ? left(revoked) : handler(admission, fields);
  // Each handler gets the admission that it got before.
  return map(guarded)(handlers as unknown as Readonly<Record<string, Handler>>) as unknown as AllHandlers;
};
