/** A node of a cluster in Docker on this machine: a container with a Docker of its own. */
export interface DindNode {
  /** In cluster.yml, and of the container in the network of the cluster. */
  readonly address: string;
  /** Name of the node in Kubernetes, and host name of the container. */
  readonly name: string;
}

/** A container with the labels of the cluster. */
export interface DindContainer extends DindNode {
  readonly container: string;
  readonly isRunning: boolean;
}

/** What the Docker of this machine has of a cluster. */
export interface DindObserved {
  readonly containers: readonly DindContainer[];
  readonly hasNetwork: boolean;
  readonly hasImage: boolean;
}

/** How node containers are created. */
export interface DindSettings {
  readonly image: string;
  /** Of the Docker in the nodes; by default that which it chooses. */
  readonly storageDriver?: string | undefined;
  /** DNS servers of the nodes, at least one. */
  readonly dnsServers: readonly string[];
}

/** One change of the Docker of this machine, as plain data. */
export type DindStep =
  | { readonly kind: 'pull-image'; readonly image: string }
  | { readonly kind: 'create-network'; readonly cluster: string; readonly subnet: string }
  | {
      readonly kind: 'create-node';
      readonly cluster: string;
      readonly container: string;
      readonly node: DindNode;
      readonly settings: DindSettings;
    }
  | { readonly kind: 'start-node'; readonly cluster: string; readonly container: string }
  | { readonly kind: 'remove-node'; readonly cluster: string; readonly container: string }
  | { readonly kind: 'remove-network'; readonly cluster: string };

/** The step as a title, e.g. `start container rke-dind-10.153.0.11`. */
export function describeDindStep(step: DindStep): string {
  switch (step.kind) {
    case 'pull-image':
      return `pull image ${step.image} on this machine`;
    case 'create-network':
      return `create network ${step.cluster} (${step.subnet})`;
    case 'create-node':
      return `create container ${step.container} as node ${step.node.name}`;
    case 'start-node':
      return `start container ${step.container}`;
    case 'remove-node':
      return `remove container ${step.container} and its volumes`;
    case 'remove-network':
      return `remove network ${step.cluster}`;
  }
}
