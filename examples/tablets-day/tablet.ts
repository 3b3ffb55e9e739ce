/** A tablet as a server sees it: it encodes its POST, reads the reply, and repeats the session that it was given. */

export interface Posted {
  readonly status: number;
  readonly body: string;
}

/** Sends a body of `application/x-www-form-urlencoded` by POST. */
export type Post = (body: string) => Promise<Posted>;

export interface Exchange {
  readonly fields: ReadonlyMap<string, string>;
  readonly reply: Posted;
}

export interface Tablet {
  /** Asks for an operation, with the fields that are the operation's own. */
  readonly ask: (operation: string, fields?: Readonly<Record<string, string>>) => Promise<Exchange>;
}

/** Percent-encodes everything except letters, digits and `-._~`, as Qt does. */
const percentEncoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);

/** Returns the body that a tablet sends: its fields sorted by name. */
export const tabletBody = (fields: ReadonlyMap<string, string>): string =>
  [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${percentEncoded(name)}=${percentEncoded(value)}`)
    .join('&');

/** Reads a reply as a tablet does: lines of `key:value`, where the key ends at the first colon. */
export const readReply = (body: string): ReadonlyMap<string, string> =>
  new Map(
    body
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );

/** Returns a tablet that sends these fields with every request, such as `device`, `user`, `password` and `camcops_version`. */
export const tablet = (post: Post, fixed: Readonly<Record<string, string>>): Tablet => {
  const session = new Map<string, string>();
  return {
    ask: async (operation, fields = {}) => {
      const sent = new Map([
        ...Object.entries(fixed),
        ...session,
        ['operation', operation],
        ...Object.entries(fields),
      ] as const);
      const reply = await post(tabletBody(sent));
      const read = readReply(reply.body);
      for (const key of ['session_id', 'session_token']) {
        const value = read.get(key) ?? '';
        if (value !== '') session.set(key, value);
      }
      return { fields: sent, reply };
    },
  };
};
