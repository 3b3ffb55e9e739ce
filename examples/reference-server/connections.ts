/** Connections: bounded in all and for each address, where an idle one gives way to a new one. One request at a time on each. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  readonly maxConnections: number;
  /** A proxy's connections are all from its own address: with `trustProxy` this does not apply. */
  readonly maxConnectionsOfAddress: number;
  readonly trustProxy: boolean;
}

/** Bounds a server's connections, and returns whether a request may begin: if another is under way, its connection is closed. */
export const boundConnections = (server: Server, limits: ConnectionLimits) => {
  const ofAddress = limits.trustProxy ? Infinity : limits.maxConnectionsOfAddress;
  let total = 0;
  const counts = new Map<string, number>();
  const count = (address: string, more: 1 | -1): void => {
    total += more;
    const now = (counts.get(address) ?? 0) + more;
    if (now > 0) counts.set(address, now);
    else counts.delete(address);
  };
  /** Those without a request, which have been so for longest first, and their addresses. */
  const idle = new Map<Socket, string>();

  const giveWay = (address: string | undefined): boolean => {
    for (const [socket, other] of idle) {
      if (address !== undefined && other !== address) continue;
      idle.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  };

  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address = '' } = socket;
    const isAddressFull = (counts.get(address) ?? 0) >= ofAddress;
    if ((isAddressFull || total >= limits.maxConnections) && !giveWay(isAddressFull ? address : undefined)) {
      socket.destroy();
      return;
    }
    count(address, 1);
    idle.set(socket, address);
    socket.once('close', () => {
      idle.delete(socket);
      count(address, -1);
    });
  });

  return ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    const address = idle.get(socket);
    if (address === undefined) {
      // Neither tablets nor proxies send a request before they have the reply to the last.
      socket.destroy();
      return false;
    }
    idle.delete(socket);
    response.once('close', () => {
      if (!socket.destroyed) idle.set(socket, address);
    });
    return true;
  };
};
