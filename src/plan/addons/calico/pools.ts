import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { CalicoRevision } from './calico-revision.js';

/** Address ranges of pods. */
export interface Pools {
  readonly ipv4: string;
  readonly ipv6?: string;
}

/** The first of two ranges counts as IPv4, the second as IPv6, whatever they are, the same as in RKE's templates. */
export function poolsOf({ services }: ClusterSpec, { hasDualStack }: CalicoRevision): Pools {
  const { clusterCidr } = services.kubeController;
  const [ipv4 = '', ipv6, ...more] = clusterCidr.split(',');
  return hasDualStack && ipv6 !== undefined && more.length === 0 ? { ipv4, ipv6 } : { ipv4: clusterCidr };
}
