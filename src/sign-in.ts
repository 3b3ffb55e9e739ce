/** Who the user is: resuming a stored session, or logging in by username and password. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome, none, some, type Option } from 'fp-ts/lib/Option.js';

import { askForNewSession, askForSession, askForUser } from './ask-ports.js';
import type { Ports, SessionIdToken, User } from './ports.js';
import type { TabletRequest } from './tablet-request.js';

/** Who is signed in, and the session that they may resume. */
export interface SignIn {
  readonly user: Option<User>;
  readonly session: Option<SessionIdToken>;
}

type SignInPorts<E> = Pick<Ports<E>, 'users' | 'sessions'>;

const notSignedIn: SignIn = { user: none, session: none };

const resumeOrLogIn = async <E>(
  ports: SignInPorts<E>,
  { username, password, sessionId, sessionToken }: TabletRequest,
): Promise<Either<E, SignIn>> => {
  if (isNone(username)) return right(notSignedIn);

  const { sessions } = ports;
  if (sessions !== undefined && isSome(sessionId) && isSome(sessionToken)) {
    const stored = await askForSession(sessions, sessionId.value, sessionToken.value);
    if (isLeft(stored)) return stored;
    if (isSome(stored.right) && stored.right.value.user.username === username.value) {
      return right({ user: some(stored.right.value.user), session: stored.right });
    }
  }

  if (isNone(password)) return right(notSignedIn);
  const user = await askForUser(ports, username.value, password.value);
  if (isLeft(user)) return user;
  if (isNone(user.right)) return right(notSignedIn);
  if (sessions === undefined) return right({ user: user.right, session: none });

  const started = await askForNewSession(sessions, user.right.value);
  return isLeft(started) ? started : right({ user: user.right, session: some(started.right) });
};

/**
 * Signs in.
 *
 * | a session is stored for the id and token | its user is the request's user | username and password are right | then |
 * |---|---|---|---|
 * | yes | yes | not asked | resume it; the password is never checked |
 * | yes | no, or no username was sent | yes | log in: a new session; the stored one is left alone |
 * | yes | no, or no username was sent | no, or not sent | not signed in |
 * | no | - | yes | log in: a new session |
 * | no | - | no, or not sent | not signed in |
 *
 * A stored session is never ended here, so that nobody can log someone else out. It never rejects: what a port throws is its
 * fault.
 */
export const signIn =
  <E>(ports: SignInPorts<E>) =>
  (request: TabletRequest): Promise<Either<E, SignIn>> =>
    resumeOrLogIn(ports, request).catch(left);
