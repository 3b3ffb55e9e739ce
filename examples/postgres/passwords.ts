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

/** Returns whether a hash is of this password. */
export const isPassword = async (password: string, stored: string): Promise<boolean> => {
  // A bcrypt hash of cost 14 takes a second, and one of cost 31 takes days, for which others would wait. Its user cannot sign in.
  if (/^\$2.\$(?:1[4-9]|[2-9])/.test(stored)) return false;
  return stored.startsWith('$2') ? verifyBcrypt(password, stored) : verify(stored, password);
};
