/** Tokens of sessions. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Makes a token of 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** Hashes a token, or an access key. They are random enough for a plain hash: whoever reads the database cannot use them. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest();

/** Compares in constant time. */
export const isToken = (token: string, stored: Uint8Array): boolean => timingSafeEqual(hashToken(token), stored);
