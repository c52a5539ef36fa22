import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isIpv6 } from '../../core/ip.js';
import { parseHostArgument } from '../../config/write/host-argument.js';
import { shortFile, type ShortFile } from '../../config/write/short-file.js';
import { exitCodes, usageError } from '../../core/errors.js';
import { catalogFor } from '../catalog-for.js';
import type { CommandContext } from '../command-context.js';
import type { Io } from '../io.js';
import { putConfig, checkTarget, printMistakes, type TargetFlags } from '../write-config.js';

export interface ConfigInitFlags extends TargetFlags {
  readonly user?: string;
  readonly sshKeyPath?: string;
}

/**
 * `rke config init HOST…`: a short cluster file from a list of hosts.
 *
 * @returns the exit code
 * @throws RkeError (exit 2) for what is no host, an IPv6 host, a host that is listed twice, no user, and a file that is there already
 */
export async function configInit(
  hosts: readonly string[],
  flags: ConfigInitFlags,
  context: CommandContext,
): Promise<number> {
  const { io } = context;
  const read = readHosts(hosts, flags.user ?? io.env['USER'] ?? '');
  checkTarget(flags, io);
  const catalog = await catalogFor(context);
  const text = shortFile({
    hosts: read,
    kubernetesVersion: catalog.defaultVersion,
    sshKeyPath: flags.sshKeyPath ?? keyInUse(io),
  });
  await putConfig(text, flags, io);
  printMistakes(text, catalog, flags, io);
  return exitCodes.ok;
}

function readHosts(hosts: readonly string[], standardUser: string): ShortFile['hosts'] {
  const seen = new Set<string>();
  return hosts.map((text) => {
    const host = parseHostArgument(text);
    if (host === undefined)
      throw usageError(`"${text}" is not a host`, {
        fix: 'write user@address or user@address:port',
      });
    if (isIpv6(host.address))
      throw usageError(`${host.address} is an IPv6 address, but flannel supports IPv4 only`, {
        fix: 'use an IPv4 address, or write cluster.yml yourself with network: {plugin: none} and IPv6 ranges',
      });
    if (seen.has(host.address))
      throw usageError(`${host.address} is listed twice`, { fix: 'remove one of them' });
    seen.add(host.address);
    const user = host.user ?? standardUser;
    if (user === '')
      throw usageError(`no SSH user for ${host.address}`, {
        fix: `write user@${host.address}, or set one user for all hosts with --user`,
      });
    return { ...host, user };
  });
}

/** RKE takes ~/.ssh/id_rsa; where there is only a key of today's kind, that one is written into the file. */
function keyInUse({ env }: Io): string | undefined {
  const folder = join(env['HOME'] ?? homedir(), '.ssh');
  const isThere = (name: string): boolean => existsSync(join(folder, name));
  return !isThere('id_rsa') && isThere('id_ed25519') ? '~/.ssh/id_ed25519' : undefined;
}
