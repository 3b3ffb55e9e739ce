/** Who the user is: resuming a stored session, or logging in by username and password. */
import { isLeft, left, right, type Either } from 'fp-ts/lib/Either.js';
import { isNone, isSome, none, some, type Option } from 'fp-ts/lib/Option.js';
import * as t from 'io-ts';

import { ask } from './ask-host.js';
import { FiniteNumber, isNoneOr, optionOf } from './codec.js';
import { Username } from './names.js';
import type { Ports, SessionIdToken, User } from './ports.js';
import { SentSecret, type Secret } from './secret.js';
import { SessionId, type TabletRequest } from './tablet-request.js';

/** Who is signed in, and the session that they may resume. */
export interface SignIn {
  readonly user: Option<User>;
  readonly session: Option<SessionIdToken>;
}

type SignInPorts<E> = Pick<Ports<E>, 'users' | 'sessions'>;

const notSignedIn: SignIn = { user: none, session: none };

// The shapes that ports promise: one that answers another must let nobody in.
const UserShape = t.type({
  id: FiniteNumber,
  username: Username,
  uploadGroupId: optionOf(FiniteNumber),
  superuser: t.boolean,
  memberships: t.readonlyArray(t.type({ groupId: FiniteNumber, mayUpload: t.boolean, mayRegisterDevices: t.boolean })),
});
const SessionShape = t.type({ id: SessionId, token: SentSecret });
const StoredSessionShape = t.intersection([SessionShape, t.type({ user: UserShape })]);

const isUserNamed = (username: Username) => isNoneOr(UserShape, (user) => user.username === username);

/** A store that finds by the id alone would let in whoever guesses one. */
const isSessionUnder = (id: number, token: Secret) =>
  isNoneOr(StoredSessionShape, (session) => session.id === id && session.token.reveal() === token.reveal());

const resumeOrLogIn = async <E>(
  ports: SignInPorts<E>,
  { username, password, sessionId, sessionToken }: TabletRequest,
): Promise<Either<E, SignIn>> => {
  if (isNone(username)) return right(notSignedIn);

  const { sessions } = ports;
  if (sessions !== undefined && isSome(sessionId) && isSome(sessionToken)) {
    const [id, token] = [sessionId.value, sessionToken.value];
    const stored = await ask('SessionStore.findSession', isSessionUnder(id, token), () =>
      sessions.findSession(id, token),
    );
    if (isLeft(stored)) return stored;
    if (isSome(stored.right) && stored.right.value.user.username === username.value) {
      return right({ user: some(stored.right.value.user), session: stored.right });
    }
  }

  if (isNone(password)) return right(notSignedIn);
  const user = await ask('UserAuthenticator.authenticate', isUserNamed(username.value), () =>
    ports.users.authenticate(username.value, password.value),
  );
  if (isLeft(user)) return user;
  if (isNone(user.right)) return right(notSignedIn);
  if (sessions === undefined) return right({ user: user.right, session: none });

  const { value: signedIn } = user.right;
  const started = await ask('SessionStore.startSession', SessionShape.is, () => sessions.startSession(signedIn));
  return isLeft(started) ? started : right({ user: user.right, session: some(started.right) });
};

/**
 * Signs in as DESIGN.md, section 7, says. A session is resumed only by its own user; its password is not asked for then.
 * Otherwise the password decides, and a right one starts a new session. A stored session is never ended here, so that nobody
 * can log someone else out. Whatever breaks is the host's fault: it never rejects.
 */
export const signIn =
  <E>(ports: SignInPorts<E>) =>
  (request: TabletRequest): Promise<Either<E, SignIn>> =>
    resumeOrLogIn(ports, request).catch(left);
