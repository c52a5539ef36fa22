/** The label with the name of the cluster. Nothing without it is ever changed or removed. */
export const dindClusterLabel = 'io.rke.dind.cluster';
/** The label with the name of the node. */
export const dindNodeLabel = 'io.rke.dind.node';
/** The label with the address of the node. */
export const dindAddressLabel = 'io.rke.dind.address';

/** Most nodes of a cluster in Docker: each one pulls its own images and needs 1 to 2 GiB of memory. */
export const mostDindNodes = 20;

/** Name of the container of a node, the same as in RKE v1 (dind/dind.go). */
export const dindContainerName = (address: string): string => `rke-dind-${address}`;
