/** The refusal in a handler's own words. */

/** A handler refuses, in its own words: `message` is shown to the tablet's user. */
export interface HandlerRefusal {
  readonly code: 'refused';
  readonly message: string;
}

/** A handler's own refusal. `message` is shown to the tablet's user: put no secret and no unchecked input in it. */
export const refused = (message: string): HandlerRefusal => ({ code: 'refused', message });
