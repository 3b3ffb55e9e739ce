/** The client whose request is being served, for everything that this request calls. */
import { AsyncLocalStorage } from 'node:async_hooks';

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
