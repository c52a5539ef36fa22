import { readFile } from 'node:fs/promises';
import { sshError } from '../../core/errors.js';
import { expandHome } from './home.js';
import type { CallOptions } from '../host.js';
import type { Credential, KeyRing, KeySource } from './key-ring.js';
import { invalidKey, noKey, unreadableKey } from './ssh-key-errors.js';
import type { SshTarget } from './ssh-target.js';

export interface AuthOptions extends CallOptions {
  readonly keys: KeyRing;
}

/**
 * Chooses what to log in with, the same as RKE v1 (hosts/tunnel.go:88): the agent if it is enabled and running, otherwise
 * the key in cluster.yml, otherwise the key file. If cluster.yml names no key, those of ssh_config or the defaults of ssh
 * that exist are tried one after another; if none exists, the agent.
 *
 * @returns at least one, in the order in which to try them
 * @throws RkeError (exit 5) if there is none
 */
export async function credentialsFor(
  target: SshTarget,
  { keys, signal }: AuthOptions,
): Promise<readonly (Credential | string)[]> {
  const { address: host, sshKey, sshKeyPath, sshCert = '', sshCertPath = '' } = target;
  const { agentSocket } = keys;
  if (target.sshAgentAuth && agentSocket !== '') return [await keys.liveAgent({ host })];
  if (sshCert !== '' || sshCertPath !== '') {
    throw sshError('SSH_CERTIFICATE', 'SSH certificates are not supported yet', {
      host,
      fix: 'load key and certificate into an SSH agent and set ssh_agent_auth: true',
    });
  }
  if (sshKey !== undefined)
    return [await keys.open({ name: 'ssh_key in cluster.yml', text: sshKey }, { host, signal })];
  if (sshKeyPath !== undefined) return [await keys.open(await readKey(sshKeyPath, host), { host, signal })];
  const found = await Promise.all(target.identityFiles.map((path) => readKeyIfThere(path, host)));
  const sources = found.flatMap((source) => source ?? []);
  if (sources.length > 0) return openAny(sources, { host, keys, signal });
  if (agentSocket !== '') return [await keys.liveAgent({ host })];
  throw noKey(target.identityFiles, host);
}

/** Those that open without a question; the user is asked only if there are none. */
async function openAny(
  sources: readonly KeySource[],
  { host, keys, signal }: AuthOptions & { readonly host: string },
): Promise<readonly Credential[]> {
  const opened = (await Promise.all(sources.map((source) => keys.tryOpen(source)))).flatMap(
    (key) => key ?? [],
  );
  if (opened.length > 0) return opened;
  const locked = sources.find((source) => keys.needsPassphrase(source));
  if (locked !== undefined) return [await keys.open(locked, { host, signal })];
  throw invalidKey(sources.map(({ name }) => name).join(', '), host);
}

async function readKey(name: string, host: string): Promise<KeySource> {
  try {
    return { name, text: await readFile(expandHome(name), 'utf8') };
  } catch (cause) {
    throw unreadableKey(name, { host, cause });
  }
}

async function readKeyIfThere(path: string, host: string): Promise<KeySource | undefined> {
  return readKey(path, host).catch((error: unknown) => {
    const { code } = ((error as Error).cause ?? {}) as { readonly code?: unknown };
    if (code === 'ENOENT') return undefined;
    throw error;
  });
}
