import { messageOf } from '../../core/errors.js';
import { fanOut } from '../../execute/fan-out.js';
import { readHostFiles } from '../../execute/read-host-files.js';
import type { Host } from '../../host/host.js';
import { unpackFiles } from '../../host/tar.js';
import { certificatePath } from '../../pki/required/certificate-paths.js';
import { readCa, type HostTexts } from '../../pki/bundle/recover-bundle.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { isSameText } from './decode-usable-state.js';
import type { FoundOnHosts } from './recovered.js';
import { findKubernetesImages } from './running-version.js';

interface Read {
  readonly address: string;
  readonly isControlPlane: boolean;
  readonly files: HostTexts;
}

/**
 * Reads the files of the hosts below /etc/kubernetes. Control planes take precedence, because only they may have the key of
 * the CA.
 *
 * @param plan nodes of the cluster; those that are not in `hosts` were not reached
 */
export async function findOnHosts(
  { nodes }: ClusterPlan,
  hosts: ReadonlyMap<string, Host>,
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): Promise<FoundOnHosts> {
  const reached = nodes.flatMap((node) => {
    const host = hosts.get(node.node.address);
    return host === undefined ? [] : [{ node, host }];
  });
  const kubernetesImages = await findKubernetesImages(hosts, { concurrency, signal });
  const results = await fanOut(reached, { limit: concurrency, signal }, async ({ node, host }) => ({
    address: host.address,
    isControlPlane: node.node.role.includes('controlplane'),
    files: (await readHostFiles(node, host, { signal, unpackFiles })) ?? new Map<string, string>(),
  }));
  signal.throwIfAborted();
  const read = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failures = results.flatMap((result, index) =>
    result.status === 'rejected'
      ? [`${reached[index]?.host.address ?? ''}: ${messageOf(result.reason)}`]
      : [],
  );
  const keyOn = ({ files }: Read): string => readCa(files)?.keyPem ?? '';
  const first =
    read.find((one) => keyOn(one) !== '') ??
    read.find(({ files, isControlPlane }) => isControlPlane && readCa(files) !== undefined);
  const ca = first && readCa(first.files);
  if (first === undefined || ca === undefined)
    return { ca: undefined, files: new Map(), foreign: [], kubernetesImages, failures };
  const isForeign = ({ files }: Read): boolean => {
    const own = files.get(certificatePath('kube-ca'));
    return own !== undefined && !isSameText(own, ca.certificatePem);
  };
  const others = read.filter((one) => one !== first);
  const family = others.filter((one) => !isForeign(one));
  return {
    ca: { ...ca, host: first.address },
    files: new Map([...family.toReversed().flatMap(({ files }) => [...files]), ...first.files]),
    foreign: others.filter(isForeign).map(({ address }) => address),
    kubernetesImages,
    failures,
  };
}
