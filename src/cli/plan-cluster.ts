import { InternalError } from '../core/errors.js';
import type { DockerFacts } from '../host/host.js';
import type { CertificateBundle } from '../pki/certificates.js';
import { addonImages, planAddons } from '../plan/addons/plan-addons.js';
import type { ClusterPlan } from '../plan/cluster-plan-types.js';
import { planNodes } from '../plan/plan-cluster.js';
import { isAtLeast } from '../versions/kubernetes-version.js';
import type { Session } from './session.js';

/** The plan of the whole cluster, from what its file says and what its hosts are. */
export function planCluster(
  { spec, catalog }: Pick<Session, 'spec' | 'catalog'>,
  facts: ReadonlyMap<string, DockerFacts>,
  certificates: CertificateBundle,
): ClusterPlan {
  const serviceOptions = catalog.serviceOptions(spec.kubernetesVersion, {
    kubernetesImage: spec.systemImages['kubernetes'],
  });
  if (serviceOptions === undefined)
    throw new InternalError(`version ${spec.kubernetesVersion} got past validation`);
  const addons = planAddons(spec);
  return {
    nodes: planNodes({
      spec,
      serviceOptions,
      facts,
      certificates,
      snapshotImageTag: snapshotImageTag({ spec, catalog }),
      addonImages: addonImages(addons),
    }),
    addons,
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
