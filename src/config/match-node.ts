import type { NodeSpec } from './cluster-spec.js';

/** True if the node has this address, or this name in any case. */
export function matchesNode({ address, hostnameOverride }: NodeSpec, name: string | undefined): boolean {
  return name !== undefined && (address === name || hostnameOverride.toLowerCase() === name.toLowerCase());
}

/** `worker-1 (10.0.0.1)`, or only the address if the name is the same. */
export function describeNode({ address, hostnameOverride: name }: NodeSpec): string {
  return name === address ? address : `${name} (${address})`;
}
