/** The users of somebody else's application: a file for a copy of `examples/postgres`. Passwords are in clear to keep it short. */

/** In place of `users.ts` of `examples/postgres`. */
export const usersFile = `
import { none, some, type Option } from 'fp-ts/lib/Option.js';
import { tryCatch } from 'fp-ts/lib/TaskEither.js';
import { isRight } from 'fp-ts/lib/Either.js';
import { Username, type User, type UserAuthenticator } from 'camcops-tablet-session';
import type { Database, Query } from './database.js';

export interface Account extends User {
  readonly passwordVersion: number;
  readonly patientId: Option<number>;
  readonly fullName: string;
}
type Staff = Readonly<{ no: number; login: string; full_name: string; changes: number }>;
const accountOf = ({ no, login, full_name, changes }: Staff): Option<Account> => {
  const username = Username.decode(login);
  return isRight(username)
    ? some({
        ...{ id: no, username: username.right, fullName: full_name, passwordVersion: changes, superuser: false },
        ...{ uploadGroupId: some(1), memberships: [{ groupId: 1, mayUpload: true, mayRegisterDevices: true }], patientId: none },
      })
    : none;
};
export const findUser = async (query: Query, id: number): Promise<Option<Account>> => {
  const [staff] = await query<Staff>('select * from staff where no = $1', [id]);
  return staff === undefined ? none : accountOf(staff);
};
export const databaseUsers = (db: Database): UserAuthenticator<unknown, Account> => ({
  authenticate: (username, password) =>
    tryCatch(async () => {
      const [staff] = await db.query<Staff>('select * from staff where login = $1 and secret = $2', [username, password.reveal()]);
      return staff === undefined ? none : accountOf(staff);
    }, (cause) => cause),
});
`;

/** Their table, and a clinic. */
export const staff = [
  `create table staff (no integer generated always as identity, login text unique, full_name text, secret text, changes integer not null default 1)`,
  `insert into staff (login, full_name, secret) values ('nurse', 'Nora Nurse', 'p&w d+%;é'), ('Alice', 'Alice A', 'Pass-Word 1')`,
  `insert into groups (name, upload_policy, finalize_policy) values ('clinic', 'sex AND idnum1', 'sex AND idnum1')`,
  `insert into id_number_types values (1, 'ID number', 'ID')`,
];
