/** The refusal in a handler's own words. */

/** A handler refuses, in its own words: `message` is shown to the tablet's user. `reason` is the host's own code, for its log. */
export interface HandlerRefusal {
  readonly code: 'refused';
  readonly message: string;
  readonly reason?: string;
}

/**
 * A handler's own refusal. `message` is shown to the tablet's user: put no secret and no unchecked input in it. `reason` is a code of
 * the host's own, which appears in the outcome only.
 */
export const refused = (message: string, reason?: string): HandlerRefusal => ({
  code: 'refused',
  message,
  ...(reason !== undefined && { reason }),
});
