import { once } from 'node:events';
import type { Socket } from 'node:net';
import { orAborted } from '../../core/deadline.js';
import type { CallOptions } from '../host.js';

/** A socket once it is connected. @throws the error of the connection, or the signal's reason; the socket is closed then */
export async function connected(socket: Socket, { signal }: CallOptions): Promise<Socket> {
  try {
    await orAborted(once(socket, 'connect'), signal);
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
