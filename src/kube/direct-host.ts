import { connect } from 'node:net';
import type { HostReader } from '../host/host.js';

/** What the API needs of a host: connections to it. */
export type ApiHost = Pick<HostReader, 'address' | 'dial'>;

/**
 * A control plane that is reached directly from this machine, the same as by kubectl, for use without SSH.
 *
 * @param server URL as in a kubeconfig
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
