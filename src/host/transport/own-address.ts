import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

/** An address for documentation (RFC 5737): any that is reached by the default route. */
const anywhere = '192.0.2.1';

/**
 * The IPv4 address with which this machine reaches others: that of its default route, or the first one if it has none. Sends
 * nothing.
 *
 * @returns undefined if there is only the loopback
 */
export async function findOwnAddress(): Promise<string | undefined> {
  const socket = createSocket('udp4');
  try {
    socket.connect(9, anywhere);
    await once(socket, 'connect');
    return socket.address().address;
  } catch {
    return firstAddress();
  } finally {
    socket.close();
  }
}

function firstAddress(): string | undefined {
  const entries = Object.values(networkInterfaces()).flatMap((found) => found ?? []);
  return entries.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
