/** The client whose request is being served, for everything that this request calls. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { isIPv6 } from 'node:net';

export interface Client {
  readonly address: string;
  /** The device's name, as the client gives it. Few people know that name. */
  readonly device: string;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

const current = new AsyncLocalStorage<Client>();
const nobody: Client = { address: 'local', device: 'none', signal: new AbortController().signal };

export const asClient = <A>(client: Client, work: () => A): A => current.run(client, work);

/** Returns the client of this request; outside a request, as in a command, a local one. */
export const currentClient = (): Client => current.getStore() ?? nobody;

/** Returns what limits count an address by: of IPv6 its first 64 bits, because one client may have all addresses that begin so. */
export const networkOf = (address: string): string => {
  const [ipv4] = /(?<=^::ffff:)[\d.]+$/i.exec(address) ?? [];
  if (ipv4 !== undefined || !isIPv6(address)) return ipv4 ?? address;
  const [head = [], tail = []] = address.split('::').map((part) => part.split(':'));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].slice(0, 4).join(':');
};
