import type { Duplex } from 'node:stream';
import type { CallOptions } from '../host.js';
import type { Credential } from './key-ring.js';
import type { KnownHostsFile } from './known-hosts-file.js';
import { sharedSignal } from './shared-signal.js';
import type { AnyAuthMethod, ServerHostKeyAlgorithm, SshClient } from './ssh2.js';
import { lostError } from './channel-errors.js';
import type { SshTarget } from './ssh-target.js';

/** For the TCP connection, the host key and the login; also for a channel to a host behind another one. */
export const connectMilliseconds = 10_000;
const keepaliveMilliseconds = 15_000;

export interface HandshakeOptions extends CallOptions {
  readonly knownHosts: KnownHostsFile;
  /** What to log in with, in the order in which to try it: keys, or the socket of an agent. */
  readonly credentials: readonly (Credential | string)[];
  /** The stream to connect through; a new TCP connection if undefined. */
  readonly sock: Duplex | undefined;
  /** A host that does not answer three of these in a row is lost. */
  readonly keepaliveMilliseconds?: number | undefined;
}

/**
 * Connects, checks the host's key and logs in.
 *
 * @throws the error of ssh2, or RkeError for a refused host key; the signal's reason when it is aborted
 */
export async function handshake(
  client: SshClient,
  target: SshTarget,
  {
    knownHosts,
    signal,
    credentials,
    sock,
    keepaliveMilliseconds: keepaliveInterval = keepaliveMilliseconds,
  }: HandshakeOptions,
): Promise<void> {
  const { address, hostName, port, user } = target;
  let refusal: unknown;
  let onAbort = (): void => undefined;
  await new Promise<void>((resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    sharedSignal(signal).addEventListener('abort', onAbort, { once: true });
    client.once('ready', resolve);
    // Further errors may follow, and would end the process without a listener.
    client.on('error', (error) => reject((refusal as Error | undefined) ?? error));
    client.once('close', () => reject((refusal as Error | undefined) ?? lostError(address)));
    client.connect({
      ...(sock === undefined ? {} : { sock }),
      authHandler: credentials.map((credential) => authMethod(credential, user)),
      host: hostName,
      port,
      username: user,
      readyTimeout: connectMilliseconds,
      keepaliveInterval,
      algorithms: { serverHostKey: keyAlgorithms(knownHosts.keyTypes(target)) },
      hostVerifier: (key: Buffer, verify: (isGood: boolean) => void) => {
        knownHosts.check({ ...target, host: address }, key).then(
          () => verify(true),
          (error: unknown) => {
            refusal = error;
            verify(false);
          },
        );
      },
    });
  }).finally(() => signal.removeEventListener('abort', onAbort));
}

function authMethod(credential: Credential | string, username: string): AnyAuthMethod {
  if (typeof credential === 'string') return { type: 'agent', username, agent: credential };
  return 'key' in credential
    ? { type: 'publickey', username, key: credential.key }
    : { type: 'agent', username, agent: credential.agent };
}

/** All that ssh2 supports, starting with those of the recorded keys. RSA keys are used with SHA-2 signatures. */
function keyAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const all: ServerHostKeyAlgorithm[] = [
    'ssh-ed25519',
    'ecdsa-sha2-nistp256',
    'ecdsa-sha2-nistp384',
    'ecdsa-sha2-nistp521',
    'rsa-sha2-512',
    'rsa-sha2-256',
    'ssh-rsa',
  ];
  const isKnown = (name: string): boolean =>
    knownTypes.includes(name.startsWith('rsa-sha2') ? 'ssh-rsa' : name);
  return [...all.filter(isKnown), ...all.filter((name) => !isKnown(name))];
}
