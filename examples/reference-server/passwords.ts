/** Hashing of passwords (argon2id; bcrypt is taken too, as CamCOPS's own server writes it) and of tokens. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
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

/** Whether a hash is of another kind, or was cheaper than hashes are now. */
export const isOutdated = (cost: PasswordCost, stored: string): boolean => {
  const [, memory, time] = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),/.exec(stored) ?? [];
  return Number(memory ?? 0) * Number(time ?? 0) < cost.memoryCost * cost.timeCost;
};

export const isPassword = (password: string, stored: string): Promise<boolean> =>
  stored.startsWith('$2') ? verifyBcrypt(password, stored) : verify(stored, password);

/** 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Tokens and access keys are random enough for a plain hash: who reads the database cannot use them. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const isToken = (token: string, stored: Uint8Array): boolean => timingSafeEqual(hashToken(token), stored);
