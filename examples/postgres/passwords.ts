/** Hashes passwords by argon2id. Reads bcrypt hashes too, because CamCOPS's own server writes them. */
import { hash, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';

export interface PasswordCost {
  /** In KiB. */
  readonly memoryCost: number;
  readonly timeCost: number;
}

/** The minimum that OWASP recommends for argon2id. */
export const defaultCost: PasswordCost = { memoryCost: 19_456, timeCost: 2 };

/** Returns a hash, which includes its salt and parameters. */
export const hashPassword = (cost: PasswordCost, password: string): Promise<string> =>
  hash(password, { ...cost, parallelism: 1 });

/** Returns whether a hash is of this password. */
export const isPassword = async (password: string, stored: string): Promise<boolean> => {
  // Not tried, because others wait meanwhile: bcrypt takes a second at cost 14, and days at cost 31.
  if (/^\$2.\$(?:1[4-9]|[2-9])/.test(stored)) return false;
  return stored.startsWith('$2') ? verifyBcrypt(password, stored) : verify(stored, password);
};
