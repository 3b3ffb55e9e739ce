/** What the database throws is a fault: the log has it, and no tablet is told. */
import { left, type Either } from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { fault, type Fault, type UserError } from 'camcops-tablet-session';

/** For the functions of a host. */
export const asTask =
  <A>(work: () => Promise<Either<UserError, A>>): TaskEither<UserError | Fault<unknown>, A> =>
  () =>
    work().catch((cause: unknown) => left(fault(cause)));
