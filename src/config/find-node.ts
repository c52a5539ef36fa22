import { usageError } from '../core/errors.js';
import { didYouMean } from '../core/nearest.js';
import type { NodeSpec } from './cluster-spec.js';
import { describeNode, matchesNode } from './match-node.js';

/**
 * Finds a node by its name or address.
 *
 * @param where before the message, e.g. `--nodes: `
 * @throws RkeError USAGE (exit 2) for a name that no node or several nodes have
 */
export function findNode(name: string, nodes: readonly NodeSpec[], where = ''): NodeSpec {
  const [found, other] = nodes.filter((node) => matchesNode(node, name));
  if (found === undefined) {
    const all = nodes.flatMap(({ address, hostnameOverride }) => [hostnameOverride, address]);
    throw usageError(`${where}cluster.yml has no node ${name}${didYouMean(name, [...new Set(all)])}`, {
      fix: 'use names or addresses of nodes of cluster.yml; `rke node ls` lists them',
    });
  }
  if (other !== undefined)
    throw usageError(`${where}${name} is ${describeNode(found)} or ${describeNode(other)}`, {
      fix: 'use the address of the node',
    });
  return found;
}
