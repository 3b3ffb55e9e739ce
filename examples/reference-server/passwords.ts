/** Hashing of passwords and of session tokens. */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, Buffer>(scrypt);
const keyLength = 32;

/** scrypt with Node's own cost (N = 16384): tens of milliseconds. */
export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(16);
  return `${salt.toString('base64')} ${(await derive(password, salt, keyLength)).toString('base64')}`;
};

// For users who do not exist: to find them out must take as long as to try a password.
const hashOfNobody = hashPassword(randomBytes(16).toString('base64'));

/** Whether the password is that of the hash. Without a hash it is not, and takes as long to say so. */
export const isPassword = async (password: string, hash: string | undefined): Promise<boolean> => {
  const [salt = '', key = ''] = (hash ?? (await hashOfNobody)).split(' ');
  const derived = await derive(password, Buffer.from(salt, 'base64'), keyLength);
  return timingSafeEqual(derived, Buffer.from(key, 'base64')) && hash !== undefined;
};

/** 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** A token is random enough that a plain hash will do: who reads the database cannot resume a session. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

export const isToken = (token: string, hash: Uint8Array): boolean => timingSafeEqual(hashToken(token), hash);
