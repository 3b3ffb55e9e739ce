/** The answer to `which_keys_to_send`. */

/**
 * The keys of the records that a tablet is to send, separated by commas; blank for none.
 *
 * @example
 * import { keysToSendAnswer } from 'camcops-tablet-session/operations';
 *
 * keysToSendAnswer([1, 3]); // '1,3'
 * keysToSendAnswer([]); // ''
 */
export const keysToSendAnswer = (keys: readonly number[]): string => keys.join(',');
