import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isIpv6 } from '../../core/ip.js';
import { parseHostArgument } from '../../config/write/host-argument.js';
import { shortFile, type ShortFile } from '../../config/write/short-file.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { loadCatalog } from '../../run/catalog/catalog-file.js';
import type { CommandContext } from '../command-context.js';
import { readCatalogOptions } from '../options/file-options.js';
import type { Io } from '../io.js';
import { putConfig, checkTarget, printDiagnostics, type TargetFlags } from '../write-config.js';

export interface ConfigInitFlags extends TargetFlags {
  readonly user?: string;
  readonly sshKeyPath?: string;
}

/**
 * `rke config init HOST…`: writes a short cluster file for a list of hosts.
 *
 * @returns the exit code
 * @throws RkeError (exit 2) for an invalid, IPv6 or duplicate host, a host without a user, or an existing file
 */
export async function configInit(
  hosts: readonly string[],
  flags: ConfigInitFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const read = readHosts(hosts, flags.user ?? io.env['USER'] ?? '');
  checkTarget(flags, io);
  const catalog = await loadCatalog(readCatalogOptions(context));
  const text = shortFile({
    hosts: read,
    kubernetesVersion: catalog.defaultVersion,
    sshKeyPath: flags.sshKeyPath ?? findUnusualKey(io),
  });
  await putConfig(text, flags, io);
  printDiagnostics(text, catalog, flags, io);
  return exitCodes.ok;
}

function readHosts(hosts: readonly string[], defaultUser: string): ShortFile['hosts'] {
  const seen = new Set<string>();
  return hosts.map((text) => {
    const host = parseHostArgument(text);
    if (host === undefined)
      throw usageError(`invalid host "${text}"`, {
        fix: 'write USER@ADDRESS or USER@ADDRESS:PORT',
      });
    if (isIpv6(host.address))
      throw usageError(
        `${host.address} is an IPv6 address, but the network plugin of the new file supports only IPv4`,
        {
          fix: 'use an IPv4 address, or write cluster.yml yourself with network: {plugin: none} and IPv6 ranges',
        },
      );
    if (seen.has(host.address))
      throw usageError(`duplicate host ${host.address}`, { fix: 'remove one of the two' });
    seen.add(host.address);
    const user = host.user ?? defaultUser;
    if (user === '')
      throw usageError(`no SSH user for ${host.address}`, {
        fix: `write USER@${host.address}, or set one user for all hosts with --user`,
      });
    return { ...host, user };
  });
}

/** RKE's default is ~/.ssh/id_rsa; if there is only an Ed25519 key, its path is written to the file. */
function findUnusualKey({ env }: Io): string | undefined {
  const dir = join(env['HOME'] ?? homedir(), '.ssh');
  const isThere = (name: string): boolean => existsSync(join(dir, name));
  return !isThere('id_rsa') && isThere('id_ed25519') ? '~/.ssh/id_ed25519' : undefined;
}
