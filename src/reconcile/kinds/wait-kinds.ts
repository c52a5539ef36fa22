import type { HealthCheck, NodeIdentity, ObjectRef } from '../../plan/cluster-plan-types.js';

/** Waits until `need` of the checks pass. */
export interface AwaitHealthy {
  readonly kind: 'await-healthy';
  readonly checks: readonly ContainerCheck[];
  readonly need: number;
  readonly timeoutSeconds: number;
}

/** What a container must pass to count as healthy: its URL or port if it has one, and having stayed up for so long. */
export interface ContainerCheck {
  readonly host: string;
  readonly container: string;
  readonly check?: HealthCheck;
  /** TCP port of the host on which it listens. */
  readonly port?: number;
  readonly steadySeconds?: number;
}

/** The last look at a plane before one of its members is interrupted: waits until `need` of the others are healthy. */
export interface AwaitMembers {
  readonly kind: 'await-members';
  readonly members: readonly ContainerCheck[];
  readonly need: number;
  /** Members that could not be asked: never counted as healthy, and not as lost either; none if absent. */
  readonly absent?: number;
  /**
   * The member itself, if it may also be interrupted when nothing is lost by that: of etcd, while all together have no
   * majority; of kube-apiserver, while it does not serve.
   */
  readonly own?: ContainerCheck;
  readonly timeoutSeconds: number;
}

/** Waits for the Ready condition of a node. */
export interface AwaitNodeReady {
  readonly kind: 'await-node-ready';
  readonly node: NodeIdentity;
  readonly timeoutSeconds: number;
  /** Given if this plan starts the kubelet again: what the old one reported does not count. */
  readonly newKubelet?: {
    /** Version that it must report, e.g. `v1.30.4`; absent if the version does not change. */
    readonly version?: string;
  };
}

/** Waits until the objects of an add-on are available. */
export interface AwaitAddon {
  readonly kind: 'await-addon';
  readonly name: string;
  readonly awaits: readonly ObjectRef[];
  readonly timeoutSeconds: number;
}
