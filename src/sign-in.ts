/** Finds out who the user is: resumes a stored session, or logs in by username and password. */
import { isLeft, right } from 'fp-ts/lib/Either.js';
import { isNone, isSome, none, some, type Option } from 'fp-ts/lib/Option.js';

import { askForNewSession, askForSession, askForUser, type Answered } from './ask-ports.js';
import { property } from './internal/shape.js';
import type { Device, Ports, SessionIdToken, StoredSession, User } from './ports.js';
import type { TabletRequest } from './tablet-request.js';

/** Who is signed in, and the session that they may resume. */
export interface SignIn<U extends User = User> {
  readonly user: Option<U>;
  readonly session: Option<SessionIdToken>;
}

/**
 * How somebody signed in: `resumed` a session, by `password`, or not at all: `none` if neither a password nor a token was sent,
 * `failed` if one was.
 */
export type SignInMethod = 'resumed' | 'password' | 'none' | 'failed';

/** Who is signed in, and how. */
export interface SignedIn<U extends User> extends SignIn<U> {
  readonly method: SignInMethod;
}

/** Returns how a request tried to sign in, if nobody is signed in. */
export const failedMethod = ({ password, sessionToken }: TabletRequest): SignInMethod =>
  isSome(password) || isSome(sessionToken) ? 'failed' : 'none';

/** Returns whether a device may resume a stored session: the session names that device, or none. */
const isOpenTo = (deviceName: TabletRequest['deviceName'], stored: StoredSession): boolean => {
  const device = property(stored, 'device') ?? none;
  return isNone(device) || (isSome(deviceName) && deviceName.value === device.value);
};

/**
 * Signs the user in.
 *
 * | a session is stored for the id and token | its user is the request's user | username and password are right | then |
 * |---|---|---|---|
 * | yes | yes | not asked | resume it; the password is never checked |
 * | yes | no, or no username was sent | yes | log in: a new session; the stored one is left alone |
 * | yes | no, or no username was sent | no, or not sent | not signed in |
 * | no | - | yes | log in: a new session |
 * | no | - | no, or not sent | not signed in |
 *
 * A stored session that names a device counts as not stored for every other device, and for a request that names none. Stored sessions
 * are never ended here, so that nobody can log someone else out. Never rejects.
 */
export const signIn = async <E, U extends User>(
  ports: Pick<Ports<E, Device, U>, 'users' | 'sessions'>,
  request: TabletRequest,
): Answered<E, SignedIn<U>> => {
  const { deviceName, username, password, sessionId, sessionToken } = request;
  const notSignedIn = { user: none, session: none, method: failedMethod(request) };
  if (isNone(username)) return right(notSignedIn);

  const sessions = property(ports, 'sessions');
  if (sessions !== undefined && isSome(sessionId) && isSome(sessionToken)) {
    const stored = await askForSession(sessions, sessionId.value, sessionToken.value);
    if (isLeft(stored)) return stored;
    const isOwn = isSome(stored.right) && stored.right.value.user.username === username.value;
    if (isOwn && isOpenTo(deviceName, stored.right.value)) {
      return right({ user: some(stored.right.value.user), session: stored.right, method: 'resumed' });
    }
  }

  if (isNone(password)) return right(notSignedIn);
  const user = await askForUser(ports, username.value, password.value);
  if (isLeft(user)) return user;
  if (isNone(user.right)) return right(notSignedIn);
  if (sessions === undefined) return right({ user: user.right, session: none, method: 'password' });

  const started = await askForNewSession(sessions, user.right.value, deviceName);
  return isLeft(started) ? started : right({ user: user.right, session: some(started.right), method: 'password' });
};
