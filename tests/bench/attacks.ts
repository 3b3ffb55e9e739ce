/** What one address may try against the reference server, without credentials and with those of one user. */
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import { tablet, type Post, type Tablet } from '../../examples/tablets-day/tablet.js';
import { heavyBodies } from './heavy-bodies.js';

/** Where Linux lets a test choose: the attacker has an address of its own. */
const localAddress = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1';
export const mallory = { user: 'mallory', password: 'Pass-Word 2' };
/** A user whose hash would take weeks. */
export const costly = { user: 'costly', hash: `$2b$31$${'x'.repeat(53)}` };

/** How much of each: `npm test` does little. */
export interface Scale {
  readonly connections: number;
  readonly requests: number;
  readonly bodies: number;
  readonly bodyBytes: number;
  readonly holdMs: number;
}
export const full: Scale = {
  connections: 1_000,
  requests: 900,
  bodies: 50,
  bodyBytes: 40 * 1024 * 1024,
  holdMs: 4_000,
};
export const short: Scale = { connections: 100, requests: 20, bodies: 5, bodyBytes: 300_000, holdMs: 300 };

export interface Attack {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

const head = (length: number): string =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${String(length)}\r\n\r\n`;
const times = <A>(count: number, work: (at: number) => Promise<A>): Promise<readonly A[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)));

/** Sends bodies, each on a connection of its own if there are many at once. What the server cuts off is no reply. */
const poster = (url: string): Post => {
  const agent = new Agent({ keepAlive: true });
  return (body) =>
    new Promise((resolve) => {
      const headers = {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      };
      const sent = request(url, { method: 'POST', headers, agent, localAddress }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (more: string) => (text += more));
        response.on('close', () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      });
      sent.on('error', () => {
        resolve({ status: 0, body: '' });
      });
      sent.end(body);
    });
};

/** The attacker's own tablet. An attack that is not signed in would measure nothing. */
const attackerOn = async (post: Post): Promise<Tablet> => {
  const one = tablet(post, { camcops_version: '2.4.24', device: 'hostile', ...mallory });
  const { reply } = await one.ask('register');
  if (!reply.body.includes('success:1')) throw new Error(`the attacker is not signed in: ${reply.body}`);
  return one;
};

/** Signs the attacker in before all guesses: who is known on their device is not held to the limit of their address. */
export const signInAttacker = (url: string): Promise<unknown> => attackerOn(poster(url));

export const attacksOn = (url: string, scale: Scale): readonly Attack[] => {
  const { connections, requests, bodies, bodyBytes, holdMs } = scale;
  const post = poster(url);
  const as = (device: string, { user, password }: typeof mallory): Tablet =>
    tablet(post, { camcops_version: '2.4.24', device, user, password });
  const guess = (user: string, at: number) =>
    as(`guesser-${String(at)}`, { user, password: `guess ${String(at)}` }).ask('check_upload_user_and_device');

  const opened = (sent: string): Socket => {
    const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', localAddress });
    socket.on('error', () => undefined).write(sent);
    return socket;
  };
  /** Holds connections on which it sends something, and then waits, reading nothing. */
  const hold = async (count: number, sent: string): Promise<void> => {
    const held = await times(count, () => Promise.resolve(opened(sent).pause()));
    await setTimeout(holdMs);
    for (const socket of held) socket.destroy();
  };
  const pipelined = async (): Promise<void> => {
    const socket = opened(`${head(11)}hello=world`.repeat(connections * 30)).resume();
    await once(socket, 'close').catch(() => undefined);
  };

  const signedIn = (): Promise<Tablet> => attackerOn(post);
  const slowReaders = async (): Promise<void> => {
    const { fields } = await (await signedIn()).ask('get_extra_strings');
    const body = new URLSearchParams([...fields]).toString();
    await hold(Math.round(connections * 0.3), head(body.length) + body);
  };

  const keysOnKeys = async (): Promise<void> => {
    const one = await signedIn();
    const pkvalues = [...Array(Math.min(200_000, bodyBytes / 8)).keys()].join(',');
    await one.ask('start_upload');
    for (let step = 0; step < bodies; step += 1)
      await one.ask('delete_where_key_not', { table: 'phq9', pkname: 'id', pkvalues });
    await one.ask('end_upload');
  };

  return [
    { name: `${String(connections * 30)} requests at once on one connection`, run: pipelined },
    { name: `${String(connections)} idle connections`, run: () => hold(connections, '') },
    {
      name: `${String(connections)} connections that never end their headers`,
      run: () => hold(connections, 'POST / '),
    },
    {
      name: `${String(connections)} bodies that never come`,
      run: () => hold(connections, head(Math.min(bodyBytes, 30_000_000))),
    },
    {
      name: `${String(bodies)} bodies of fields alone`,
      run: () => times(bodies, () => post('a&'.repeat(bodyBytes / 2))),
    },
    {
      name: `${String(bodies)} bodies of escapes alone`,
      run: () => times(bodies, () => post('%41'.repeat(bodyBytes / 3))),
    },
    {
      name: `${String(requests)} guesses of one user's password`,
      run: () => times(requests, (at) => guess('nurse', at)),
    },
    {
      name: `${String(requests)} guesses of many users`,
      run: () => times(requests, (at) => guess(`user-${String(at)}`, at)),
    },
    {
      name: `${String(requests)} guesses of access keys`,
      run: () =>
        times(requests, () =>
          post(
            'camcops_version=2.4.24&device=hostile&operation=register_patient&patient_proquint=hohur-bilov-babab-habab-mabab-bahog-hijol-mokor-l',
          ),
        ),
    },
    { name: '20 guesses at a hash that takes weeks', run: () => times(20, (at) => guess(costly.user, at)) },
    {
      name: `signed in: ${String(requests)} right sign-ins of one user`,
      run: () => times(requests, () => as('hostile', mallory).ask('check_upload_user_and_device')),
    },
    { name: `signed in: ${String(connections * 0.3)} readers of extra strings that do not read`, run: slowReaders },
    { name: `signed in: an upload of ${String(bodies)} steps full of keys`, run: keysOnKeys },
    ...heavyBodies(bodyBytes).map(({ name, operation, fields }) => ({
      name: `signed in: ${name}`,
      run: async () => {
        const one = await signedIn();
        await one.ask('start_upload');
        const sent = fields();
        await times(3, () => one.ask(operation, sent));
      },
    })),
  ];
};
