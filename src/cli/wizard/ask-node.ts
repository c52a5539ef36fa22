import type { Role } from '../../config/cluster-spec.js';
import { addressFault } from '../../config/rules/address-fault.js';
import { ipBytes } from '../../core/ip.js';
import type { FileNode } from '../../config/write/full-file.js';
import { ask, confirm, requireInteger, type LineReader } from './ask.js';

/** Asks RKE's questions about one host, in RKE's order (cmd/config.go getHostConfig). @param number counts from 1 */
export async function askNode(reader: LineReader, number: number, clusterKey: string): Promise<FileNode> {
  const address = await ask(reader, { text: `SSH Address of host (${number})`, check: checkAddress });
  const port = await ask(reader, {
    text: `SSH Port of host (${number})`,
    defaultAnswer: '22',
    check: requireInteger(65_535),
  });
  const key = await askKey(reader, address, clusterKey);
  const user = await ask(reader, { text: `SSH User of host (${address})`, defaultAnswer: 'ubuntu' });
  const role = await askRoles(reader, address);
  const hostnameOverride = await ask(reader, { text: `Override Hostname of host (${address})` });
  const internalAddress = await ask(reader, {
    text: `Internal IP of host (${address})`,
    check: checkInternalIp,
  });
  const dockerSocket = await ask(reader, {
    text: `Docker socket path on host (${address})`,
    defaultAnswer: '/var/run/docker.sock',
  });
  return { address, port, ...key, user, role, hostnameOverride, internalAddress, dockerSocket };
}

function checkAddress(answer: string): string | undefined {
  if (answer === '') return 'an address is required';
  const fault = addressFault(answer, 'address');
  return fault === undefined ? undefined : `"${answer}": ${fault}`;
}

const checkInternalIp = (answer: string): string | undefined =>
  answer === '' || ipBytes(answer) !== undefined ? undefined : `invalid IP address "${answer}"`;

/** Asks for the path of the key, then for the key itself; without both, the key of the cluster is used. */
async function askKey(
  reader: LineReader,
  address: string,
  clusterKey: string,
): Promise<{ readonly sshKey: string; readonly sshKeyPath: string }> {
  const path = await ask(reader, { text: `SSH Private Key Path of host (${address})` });
  if (path !== '') return { sshKey: '', sshKeyPath: path };
  reader.print('[-] No key path; you can enter the key instead');
  const sshKey = await ask(reader, { text: `SSH Private Key of host (${address})` });
  if (sshKey !== '') return { sshKey, sshKeyPath: '' };
  reader.print(`[-] No key; using the key of the cluster: ${clusterKey}`);
  return { sshKey: '', sshKeyPath: clusterKey };
}

async function askRoles(reader: LineReader, address: string): Promise<Role[]> {
  const roles: Role[] = [];
  for (const [role, text, defaultAnswer] of roleQuestions) {
    if (await confirm(reader, `Is host (${address}) ${text} (y/n)?`, defaultAnswer)) roles.push(role);
  }
  return roles;
}

const roleQuestions: readonly (readonly [Role, string, 'y' | 'n'])[] = [
  ['controlplane', 'a Control Plane host', 'y'],
  ['worker', 'a Worker host', 'n'],
  ['etcd', 'an etcd host', 'n'],
];
