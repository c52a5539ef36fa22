import { readKubeconfig } from '../kubeconfig/read-kubeconfig.js';
import type { ClusterSpec } from '../config/cluster-spec.js';
import type { EventSink } from '../core/events.js';
import type { CertificateBundle } from '../pki/certificates.js';
import { keepKubeconfig, findUncoveredServer, type KeptKubeconfig } from '../kubeconfig/keep-kubeconfig.js';
import { serverUrl } from '../kubeconfig/admin-kubeconfig.js';
import type { ClusterState } from '../state/cluster-state.js';
import { readIfThere } from '../state/change-kubeconfig.js';
import { writeKubeconfig } from '../state/kubeconfig-file.js';
import { adminOf } from './open-kube.js';

export interface SaveKubeconfigOptions {
  readonly spec: Pick<ClusterSpec, 'nodes' | 'clusterName'>;
  readonly bundle: CertificateBundle;
  /** State before the run. */
  readonly state: ClusterState | undefined;
  readonly events: EventSink;
}

/**
 * Updates kube_config_cluster.yml, for every command that may change it. Edits of the user are kept; an edited file is copied
 * to .bak before it is changed, and that is reported.
 *
 * @throws RkeError KUBECONFIG_READ_FAILED (exit 2), KUBECONFIG_WRITE_FAILED (exit 4)
 */
export async function saveKubeconfig(path: string, options: SaveKubeconfigOptions): Promise<void> {
  const { spec, bundle, state, events } = options;
  const admin = adminOf(bundle);
  const controlPlanes = controlPlaneAddresses(spec);
  const config = bundle['kube-admin']?.config ?? '';
  const controlPlane =
    controlPlanes.find((address) => config.includes(`server: "${serverUrl(address)}"`)) ?? controlPlanes[0];
  // A cluster without a control plane, or a custom CA without a kube-admin certificate.
  if (controlPlane === undefined || [admin.ca, admin.cert, admin.key].includes('')) return;
  const halves = [state?.desiredState, state?.currentState];
  const text = await readIfThere(path);
  const parsed = text === undefined ? undefined : readKubeconfig(text);
  const file = parsed?.ok === true ? parsed.value : undefined;
  const kept = keepKubeconfig(text, file, {
    clusterName: spec.clusterName,
    controlPlane,
    caPem: admin.ca,
    certificatePem: admin.cert,
    keyPem: admin.key,
    controlPlanes,
    formerControlPlanes: halves.flatMap((half) => controlPlaneAddresses(half?.rkeConfig)),
    formerCas: halves.flatMap((half) => half?.certificatesBundle?.['kube-ca']?.certificatePEM ?? []),
  });
  await writeKubeconfig(path, kept.kind === 'kept' ? (text ?? '') : kept.text, {
    keepsBefore: kept.kind === 'updated' || kept.kind === 'replaced',
  });
  const warning = warningOf(kept, path);
  if (warning !== undefined) events.emit({ type: 'warning', message: warning });
  const now = kept.kind === 'kept' || kept.kind === 'updated' ? file : undefined;
  const uncovered = now && findUncoveredServer(now, admin.ca, bundle['kube-apiserver']?.certificatePEM ?? '');
  if (uncovered !== undefined) events.emit({ type: 'warning', message: uncoveredText(path, uncovered) });
}

function warningOf({ kind }: KeptKubeconfig, path: string): string | undefined {
  if (kind === 'updated')
    return `${path}: updated what was out of date, and kept your edits; the previous file is ${path}.bak`;
  if (kind === 'replaced')
    return `${path}: replaced, because it was not a kubeconfig of this cluster; the previous file is ${path}.bak`;
  return undefined;
}

const uncoveredText = (path: string, host: string): string =>
  `${path} uses the server ${host}, which the kube-apiserver certificate does not cover; add ${host} to authentication.sans in cluster.yml and run \`rke up\``;

function controlPlaneAddresses(spec: Pick<ClusterSpec, 'nodes'> | undefined): string[] {
  return (spec?.nodes ?? []).flatMap(({ address, role }) => (role.includes('controlplane') ? [address] : []));
}
