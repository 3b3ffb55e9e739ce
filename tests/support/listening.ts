/** Servers at ports of their own, for tests. */
import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';

/** Listens at any free port: its number. */
export const listenAnywhere = async (server: Server): Promise<number> => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A port at which nothing listens. */
export const freePort = async (): Promise<number> => {
  const server = createServer();
  const port = await listenAnywhere(server);
  server.close();
  await once(server, 'close');
  return port;
};

export interface Listening {
  readonly url: string;
  /** Ends the server, with the connections that it has. */
  readonly stop: () => Promise<void>;
}

export const listening = async (server: HttpServer): Promise<Listening> => ({
  url: `http://127.0.0.1:${String(await listenAnywhere(server))}/`,
  stop: async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  },
});
