import { connect } from 'node:net';
import type { Host } from '../host/host.js';

/** What the API needs of a host: a way to it. */
export type ApiHost = Pick<Host, 'address' | 'dial'>;

/**
 * A control plane that is reached from this machine, as kubectl does, for when there is no SSH to it.
 *
 * @param server URL as a kubeconfig has it
 */
export function directHost(server: string): ApiHost {
  const { hostname, port } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    address: host,
    dial: (_target, { signal }) =>
      new Promise((resolve, reject) => {
        const socket = connect({ host, port: Number(port === '' ? 443 : port), signal });
        socket.once('error', reject);
        socket.once('connect', () => resolve(socket.off('error', reject)));
      }),
  };
}
