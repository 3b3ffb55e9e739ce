/** Hashing of passwords by argon2id. Hashes by bcrypt are read too: CamCOPS's own server writes those. */
import { hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

export interface PasswordCost {
  /** KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
}

/** The least that OWASP advises for argon2id. */
export const defaultCost: PasswordCost = { memoryCost: 19_456, timeCost: 2 };

/** The hash, with its salt and parameters. */
export const hashPassword = (cost: PasswordCost, password: string): Promise<string> =>
  hash(password, { ...cost, parallelism: 1 });

/** A bcrypt hash of cost 14 takes a second, and one of cost 31 days. */
const tooCostly = /^\$2.\$(?:1[4-9]|[2-9])/;

/** No password is tried on a hash that is too costly: its user cannot sign in, and others do not wait for it. */
export const isPassword = async (password: string, stored: string): Promise<boolean> => {
  if (tooCostly.test(stored)) return false;
  return stored.startsWith('$2') ? verifyBcrypt(password, stored) : verify(stored, password);
};
