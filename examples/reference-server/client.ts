/** Who sends the request that is being served: known to all that its work calls. */
import { AsyncLocalStorage } from 'node:async_hooks';

export interface Client {
  readonly address: string;
  /** As it says: the name of a device is known to few. */
  readonly device: string;
  /** Aborted when the client hangs up. */
  readonly signal: AbortSignal;
}

const current = new AsyncLocalStorage<Client>();
const nobody: Client = { address: 'local', device: 'none', signal: new AbortController().signal };

export const asClient = <A>(client: Client, work: () => A): A => current.run(client, work);

/** The client of this request; outside of requests, such as in a command, it is local. */
export const currentClient = (): Client => current.getStore() ?? nobody;
