import { readFile } from 'node:fs/promises';

/** The second one lists the servers behind the resolver of systemd, which only this machine can reach. */
const files = ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf'];

/** RKE's default of --dind-dns-server. */
const publicServer = '8.8.8.8';

/** The DNS servers of this machine that a container can reach; a public one if it has none. */
export async function findDnsServers(): Promise<readonly string[]> {
  for (const file of files) {
    const servers = readServers(await readFile(file, 'utf8').catch(() => ''));
    if (servers.length > 0) return servers;
  }
  return [publicServer];
}

/** The servers of a resolv.conf, without those on the loopback. */
export function readServers(text: string): readonly string[] {
  const found = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, address = '']) => address);
  return found.filter((address) => !/^(127\.|::1$)|%/.test(address));
}
