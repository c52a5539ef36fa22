import { ports } from '../core/ports.js';
import { startDeadline } from '../core/deadline.js';
import { get } from 'node:https';
import type { ApiCertificates } from './tls-agent.js';

/** A control plane that was asked from here. */
export interface Asked {
  readonly address: string;
  /** Why it counts as not answering; undefined if it answers. */
  readonly failure: string | undefined;
}

export interface AskOptions {
  readonly signal: AbortSignal;
  /** Another port than that of the API servers of RKE; for tests. */
  readonly port?: number;
  readonly milliseconds?: number;
}

/**
 * Asks control planes for their version directly from this machine, the same as kubectl, all at once.
 *
 * @returns results in their order, up to the first that answers; all of them if none does
 * @throws the signal's reason when it is aborted
 */
export async function askControlPlanes(
  addresses: readonly string[],
  certificates: ApiCertificates,
  { signal, port = ports.kubeApi, milliseconds = 4000 }: AskOptions,
): Promise<Asked[]> {
  const done = new AbortController();
  using deadline = startDeadline(milliseconds, signal);
  // Pending requests are aborted when one has answered.
  deadline.signal.addEventListener('abort', () => done.abort(), { once: true });
  const pending = addresses.map((address) => ask(address, certificates, { signal: done.signal, port }));
  const asked: Asked[] = [];
  for (const [index, address] of addresses.entries()) {
    const failure = await pending[index];
    signal.throwIfAborted();
    asked.push({ address, failure });
    if (failure === undefined) break;
  }
  done.abort();
  return asked;
}

/** @returns why it does not answer */
function ask(
  address: string,
  certificates: ApiCertificates,
  { signal, port }: { readonly signal: AbortSignal; readonly port: number },
): Promise<string | undefined> {
  return new Promise((resolve) => {
    try {
      get({ host: address, port, path: '/version', agent: false, signal, ...certificates }, (response) => {
        response.resume();
        resolve(response.statusCode === 200 ? undefined : `HTTP status ${response.statusCode}`);
      }).once('error', (error) => resolve(signal.aborted ? 'no answer in time' : error.message));
    } catch (error) {
      // Invalid certificates.
      resolve(error instanceof Error ? error.message : String(error));
    }
  });
}
