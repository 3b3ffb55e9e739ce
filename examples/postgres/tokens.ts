/** Tokens of sessions. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Makes a token of 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Hashes a token or an access key, so that whoever reads the database cannot use it. Both are random enough for a plain hash. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Compares a token with a stored hash, in constant time. */
export const isToken = (token: string, stored: Uint8Array): boolean => timingSafeEqual(hashToken(token), stored);
