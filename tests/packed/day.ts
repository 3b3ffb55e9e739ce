/** A recorded day of the real client, through the package as users import it. It uses the language alone: nothing of Node or browsers. */
import { handleTabletRequest } from 'camcops-tablet-session';
import { operationHandlers } from 'camcops-tablet-session/operations';
import { inMemoryHost } from 'camcops-tablet-session/testing';

export interface Recorded {
  readonly steps: readonly { readonly body: string; readonly expect: string }[];
  /** Columns by table. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
}

/** Sends a body by POST, and gives the body of the reply. */
export type Post = (body: string) => Promise<string>;

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

const fieldsOf = (body: string): ReadonlyMap<string, string> =>
  new Map(
    body.split('&').map((pair) => {
      const [name = '', value = ''] = pair.split('=');
      return [decoded(name), decoded(value)] as const;
    }),
  );

/** A server with one user, whose password is that of the day. */
export const serverOfDay = ({ steps, tables }: Recorded): Post => {
  const password = fieldsOf(steps[0]?.body ?? '').get('password') ?? '';
  const { ports, host } = inMemoryHost({ users: [{ username: 'nurse', password }], tables });
  const handle = handleTabletRequest({ ports, handlers: operationHandlers(host) });
  return async (body) => (await handle({ method: 'POST', fields: fieldsOf(body) })()).body;
};

/** Plays the day against a server, as the client does: each request repeats the session of the reply before. */
export const replay = async (post: Post, { steps }: Recorded): Promise<string> => {
  let [id, token, right] = ['', '', 0];
  for (const { body, expect } of steps) {
    const sent = body
      .replace(/session_id=[^&]*/, `session_id=${id}`)
      .replace(/session_token=[^&]*/, `session_token=${token}`);
    const reply = await post(sent);
    const valueOf = (key: string): string => new RegExp(`^${key}:(.*)$`, 'm').exec(reply)?.[1] ?? '';
    [id, token] = [valueOf('session_id'), valueOf('session_token')];
    if ((valueOf('success') === '1' ? 'success' : 'refused') === expect) right += 1;
  }
  return `${String(right)} of ${String(steps.length)} replies as recorded`;
};

export const dayInMemory = (recorded: Recorded): Promise<string> => replay(serverOfDay(recorded), recorded);
