import type { ClusterSpec } from '../config/cluster-spec.js';
import { InternalError } from '../core/errors.js';
import type { CertificateBundle } from '../pki/certificates.js';
import {
  addonImages,
  planAddons,
  planRemovedAddons,
  unchangedAddons,
  userAddonNames,
} from '../plan/addons/plan-addons.js';
import { assembleAddons } from '../plan/addons/user/assemble-addons.js';
import type { UserAddon } from '../plan/addons/user/user-addon.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { HostFacts } from '../plan/host-context.js';
import { planMembers } from '../plan/etcd-members.js';
import { listUnplanned, planNodes } from '../plan/plan-nodes.js';
import { planRolling } from '../plan/rolling.js';
import { isAtLeast } from '../versions/kubernetes-version.js';
import type { Session } from './session.js';

/** What a plan is made of besides cluster.yml: secrets of the state, and files that cluster.yml names. */
export interface ClusterInputs {
  readonly certificates: CertificateBundle;
  /** Text of the EncryptionConfiguration; empty if Secrets are not encrypted. */
  readonly encryptionConfig: string;
  /** Add-ons that the user has written; undefined for a command that did not read them, and changes none. */
  readonly userAddons?: readonly UserAddon[] | undefined;
  /** Configurations of earlier runs, finished or not; by default that of the last finished run. */
  readonly earlier?: readonly ClusterSpec[] | undefined;
}

/**
 * Plans the whole cluster from cluster.yml and the facts of its hosts.
 *
 * @param running configuration of the last finished run
 */
export function planCluster(
  { spec, catalog }: Pick<Session, 'spec' | 'catalog'>,
  facts: ReadonlyMap<string, HostFacts>,
  { certificates, encryptionConfig, earlier, userAddons }: ClusterInputs,
  running?: ClusterSpec,
): ClusterPlan {
  const image = { kubernetesImage: spec.systemImages['kubernetes'] };
  const serviceOptions = catalog.serviceOptions(spec.kubernetesVersion, image);
  if (serviceOptions === undefined)
    throw new InternalError(
      `the catalogue has no service options for ${spec.kubernetesVersion}, which validation accepted`,
    );
  const specsBefore = earlier ?? (running === undefined ? [] : [running]);
  const unplanned = listUnplanned({ spec, facts });
  const { addons, userAddons: completed } = assembleAddons(userAddons ?? [], planAddons(spec, catalog));
  return {
    nodes: planNodes({
      spec,
      serviceOptions,
      facts,
      windowsServiceOptions: catalog.serviceOptions(spec.kubernetesVersion, { ...image, os: 'windows' }),
      certificates,
      encryptionConfig,
      snapshotImageTag: snapshotImageTag({ spec, catalog }),
      addonImages: addonImages(addons),
      earlier: specsBefore,
    }),
    ...(unplanned.length === 0 ? {} : { unplanned }),
    ...planMembers(spec, specsBefore),
    rolling: planRolling(spec),
    addons,
    ...(userAddons === undefined ? {} : { userAddons: completed }),
    userAddonsBefore: running === undefined ? [] : userAddonNames(running),
    addonsUnchanged: running === undefined ? [] : unchangedAddons(spec, running),
    addonsRemoved: running === undefined ? [] : planRemovedAddons(addons, running, catalog),
  };
}

/** The default version of the first RKE that knew 1.31, for clusters newer than the catalogue's default version. */
const laterDefault = 'v1.31.1-rancher1-1';

/**
 * The tag of the tools image for snapshot containers: RKE uses that of the *default* version (util/util.go:147). A release of
 * RKE that knows 1.31 has it as the default; for older versions it is the catalogue's default.
 */
function snapshotImageTag({ spec, catalog }: Pick<Session, 'spec' | 'catalog'>): string {
  const { defaultVersion } = catalog;
  const isLater = isAtLeast(spec.kubernetesVersion, '1.31') && !isAtLeast(defaultVersion, '1.31');
  const images =
    (isLater ? catalog.systemImages(laterDefault) : undefined) ?? catalog.systemImages(defaultVersion);
  return (images?.['alpine'] ?? '').replace(/^.*:/, '');
}
