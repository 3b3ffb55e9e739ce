/** Connections: bounded in all and for each address, where an idle one gives way to a new one. One request at a time on each. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** Does not apply with `trustProxy`, because all connections of a proxy come from its own address. */
  readonly maxConnectionsOfAddress: number;
  readonly trustProxy: boolean;
}

/** Bounds a server's connections, and returns whether a request may begin: if another is under way, its connection is closed. */
export const boundConnections = (server: Server, limits: ConnectionLimits) => {
  const maxOfAddress = limits.trustProxy ? Infinity : limits.maxConnectionsOfAddress;
  /** The address of each connection. */
  const open = new Map<Socket, string>();
  /** Connections without a request. The one that has been idle for longest comes first. */
  const idle = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address = '' } = socket;
    const isOfAddress = (other: Socket) => open.get(other) === address;
    const isAddressFull = [...open.keys()].filter(isOfAddress).length >= maxOfAddress;
    if (isAddressFull || open.size >= limits.maxConnections) {
      const [oldest] = isAddressFull ? [...idle].filter(isOfAddress) : idle;
      if (oldest === undefined) {
        socket.destroy();
        return;
      }
      idle.delete(oldest);
      oldest.destroy();
    }
    open.set(socket, address);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
  });

  return ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    if (!idle.delete(socket)) {
      // Neither tablets nor proxies send a request before they have the reply to the last.
      socket.destroy();
      return false;
    }
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
    return true;
  };
};
