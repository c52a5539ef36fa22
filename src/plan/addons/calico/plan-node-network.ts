import type { ClusterSpec } from '../../../config/cluster-spec.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import type { AddonContext } from '../addon-in-cluster.js';
import { objectRef } from '../object-ref.js';
import { calicoRevision, type CalicoRevision } from './calico-revision.js';

type Part<Objects> = (spec: ClusterSpec, revision: CalicoRevision) => Objects;

/** The parts of a network plugin with calico-node on every node. */
interface NodeNetwork {
  readonly config: Part<KubeObject>;
  readonly access: Part<readonly KubeObject[]>;
  readonly daemonSet: Part<KubeObject>;
  readonly controllers: Part<readonly KubeObject[]>;
}

/** Plans calico or canal in the order of RKE's templates. */
export function planNodeNetwork(
  { spec, template, customResources }: AddonContext,
  { config, access, daemonSet, controllers }: NodeNetwork,
): Omit<AddonPlan, 'name'> {
  const revision = calicoRevision(template);
  const pods = daemonSet(spec, revision);
  return {
    objects: [
      config(spec, revision),
      ...customResources,
      ...access(spec, revision),
      pods,
      ...controllers(spec, revision),
    ],
    awaits: [objectRef(pods)],
  };
}
