/** Limits connections, in all and per address, and requests to one at a time on each. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

import { networkOf } from './client.js';

/**
 * Limits a server's connections: at the limit, an idle connection gives way to a new one. Returns a function that says whether a request
 * may begin. If another is at work on the same connection, it closes the connection.
 */
export const boundConnections = (server: Server, max: number, maxOfAddress: number) => {
  /** The network of each connection. */
  const open = new Map<Socket, string>();
  /** Connections without a request. The one that has been idle for longest comes first. */
  const idle = new Set<Socket>();

  server.on('connection', (socket: Socket) => {
    const network = networkOf(socket.remoteAddress ?? '');
    const isOfAddress = (other: Socket) => open.get(other) === network;
    const isAddressFull = [...open.keys()].filter(isOfAddress).length >= maxOfAddress;
    if (isAddressFull || open.size >= max) {
      // If none is idle, the new one goes.
      const [oldest = socket] = isAddressFull ? [...idle].filter(isOfAddress) : idle;
      oldest.destroy();
      idle.delete(oldest);
      if (oldest === socket) return;
    }
    open.set(socket, network);
    idle.add(socket);
    socket.once('close', () => {
      open.delete(socket);
      idle.delete(socket);
    });
  });

  return ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    if (!idle.delete(socket)) {
      // Neither tablets nor proxies send a request before they have the previous reply.
      socket.destroy();
      return false;
    }
    response.once('close', () => {
      if (!socket.destroyed) idle.add(socket);
    });
    return true;
  };
};
