import { addressAt, cidrHolds, cidrsOverlap, networkOf } from '../../core/ip.js';
import { addNodeText, removeNodeText } from './edit-nodes.js';
import { shortFile } from './short-file.js';

/** The networks of clusters in Docker on this machine are in this range. */
const dindRange = '10.153.0.0/16';
/** Offset of the first node in the network of its cluster. */
const firstOffset = 11;

/** A node of such a cluster in cluster.yml. */
interface ListedNode {
  readonly address: string;
}

/** Name and network of a new cluster. */
export interface DindPlace {
  readonly cluster: string;
  /** e.g. `10.153.0.0/24` */
  readonly subnet: string;
}

/**
 * Chooses a name and a network that are free on this machine.
 *
 * @param taken names of Docker networks, and ranges of these and of the interfaces of this machine
 * @returns undefined if no network of the range is free
 */
export function choosePlace(taken: {
  readonly names: readonly string[];
  readonly ranges: readonly string[];
}): DindPlace | undefined {
  const subnets = Array.from({ length: 256 }, (_, index) => networkOf(`10.153.${index}.0/24`));
  const subnet = subnets.find((one) => !taken.ranges.some((range) => cidrsOverlap(one, range)));
  const names = ['rke-dind', ...Array.from({ length: 256 }, (_, index) => `rke-dind-${index + 2}`)];
  const cluster = names.find((name) => !taken.names.includes(name));
  return subnet === undefined || cluster === undefined ? undefined : { cluster, subnet };
}

/** True if a cluster.yml was written by `rke up --dind`: by the name of the cluster and the addresses of its nodes. */
export function isDindCluster(cluster: string, nodes: readonly ListedNode[]): boolean {
  return (
    /^rke-dind(-\d+)?$/.test(cluster) &&
    nodes.length > 0 &&
    nodes.every(({ address }) => cidrHolds(dindRange, address))
  );
}

/** A cluster.yml for a cluster in Docker on this machine, with the roles of `rke config init`. */
export function dindFile({ cluster, subnet }: DindPlace, count: number, kubernetesVersion: string): string {
  return shortFile({
    clusterName: cluster,
    hosts: Array.from({ length: count }, (_, index) => nodeAt(subnet, firstOffset + index)),
    kubernetesVersion,
    madeBy: `rke up --dind ${count}`,
    // A container may not set limits of the kernel of its machine, the same as in RKE v1 (cmd/up.go).
    services: ['kubeproxy: { extra_args: { conntrack-max-per-core: "0" } }'],
  });
}

/**
 * Changes the number of nodes: new ones are workers, and the last ones of the list leave.
 *
 * @param taken addresses of containers that are not in the file any more
 * @returns the text; undefined if the list is written in a form in which that cannot be done safely
 */
export function resizeDindText(
  text: string,
  { nodes, taken, count }: { nodes: readonly ListedNode[]; taken: readonly string[]; count: number },
): string | undefined {
  let edited: string | undefined = text;
  for (let index = nodes.length - 1; index >= count; index -= 1)
    edited = edited === undefined ? undefined : removeNodeText(edited, index);
  const subnet = networkOf(`${nodes[0]?.address ?? ''}/24`);
  const used = new Set([...nodes.map(({ address }) => address), ...taken]);
  for (let missing = count - nodes.length, offset = firstOffset; missing > 0; offset += 1) {
    const { address, name, user } = nodeAt(subnet, offset);
    if (used.has(address)) continue;
    const node = { address, hostnameOverride: name, user, role: ['worker'] };
    edited = edited === undefined ? undefined : addNodeText(edited, node);
    missing -= 1;
  }
  return edited;
}

function nodeAt(subnet: string, offset: number): { address: string; name: string; user: string } {
  return { address: addressAt(subnet, offset), name: `node${offset - firstOffset + 1}`, user: 'root' };
}
