import type { ClusterSpec } from '../config/cluster-spec.js';
import { InternalError } from '../core/errors.js';
import type { CertificateBundle } from '../pki/certificates.js';
import { addonImages, planAddons, planRemovedAddons, unchangedAddons } from '../plan/addons/plan-addons.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import type { HostFacts } from '../plan/host-context.js';
import { planNodes } from '../plan/plan-nodes.js';
import { isAtLeast } from '../versions/kubernetes-version.js';
import type { Session } from './session.js';

/** What a cluster has of its own, kept in its state. */
export interface ClusterSecrets {
  readonly certificates: CertificateBundle;
  /** Text of the EncryptionConfiguration; empty where Secrets are not encrypted. */
  readonly encryptionConfig: string;
  /** Configurations that earlier runs were told, finished or not. Unless given, that of the last run that finished. */
  readonly earlier?: readonly ClusterSpec[] | undefined;
}

/**
 * The plan of the whole cluster, from what its file says and what its hosts are.
 *
 * @param running configuration of the last run that finished
 */
export function planCluster(
  { spec, catalog }: Pick<Session, 'spec' | 'catalog'>,
  facts: ReadonlyMap<string, HostFacts>,
  { certificates, encryptionConfig, earlier }: ClusterSecrets,
  running?: ClusterSpec,
): ClusterPlan {
  const image = { kubernetesImage: spec.systemImages['kubernetes'] };
  const serviceOptions = catalog.serviceOptions(spec.kubernetesVersion, image);
  if (serviceOptions === undefined)
    throw new InternalError(`version ${spec.kubernetesVersion} got past validation`);
  const addons = planAddons(spec, catalog);
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
      earlier: earlier ?? (running === undefined ? [] : [running]),
    }),
    addons,
    addonsUnchanged: running === undefined ? [] : unchangedAddons(spec, running),
    addonsRemoved: running === undefined ? [] : planRemovedAddons(addons, running, catalog),
  };
}

/** First version whose metadata RKE had as the default, for clusters that are newer than the catalogue's own default. */
const laterDefault = 'v1.31.1-rancher1-1';

/**
 * RKE gives snapshot containers the tag of the *default* version's tools image (util/util.go:147). The default of a release
 * that knows 1.31 is 1.31; before, it is the catalogue's.
 */
function snapshotImageTag({ spec, catalog }: Pick<Session, 'spec' | 'catalog'>): string {
  const { defaultVersion } = catalog;
  const isLater = isAtLeast(spec.kubernetesVersion, '1.31') && !isAtLeast(defaultVersion, '1.31');
  const images =
    (isLater ? catalog.systemImages(laterDefault) : undefined) ?? catalog.systemImages(defaultVersion);
  return (images?.['alpine'] ?? '').replace(/^.*:/, '');
}
