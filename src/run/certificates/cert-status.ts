import { fanOut } from '../../execute/fan-out.js';
import { readConfiguration } from '../../execute/observe-files.js';
import { stateError } from '../../core/errors.js';
import type { Host, ObservedContainer } from '../../host/host.js';
import { unpackFiles } from '../../host/tar.js';
import {
  certificateStatuses,
  compareWithHost,
  type CertificateStatus,
  type HostCertificateStatus,
} from '../../pki/certificate-status.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { planCluster } from '../plan-cluster.js';
import { concurrencyOf, connect, openSession, type ClusterOptions, type Session } from '../session.js';

export interface HostStatus {
  readonly host: string;
  /** Why nothing is known of it. */
  readonly error?: string;
  readonly certificates: readonly HostCertificateStatus[];
}

export interface CertStatus {
  readonly cluster: string;
  readonly certificates: readonly CertificateStatus[];
  readonly hosts: readonly HostStatus[];
}

/**
 * `rke cert status`: the certificates of the state, and of every host that can be reached. Changes nothing and takes no lock.
 *
 * @param withHosts false: the state alone
 * @throws RkeError (exit 4) where there is no state or it has no certificates
 */
export async function certStatus(
  options: ClusterOptions,
  { withHosts, now }: { readonly withHosts: boolean; readonly now: Date },
): Promise<CertStatus> {
  const session = await openSession(options, { forChange: false });
  const bundle = session.state?.desiredState.certificatesBundle ?? {};
  if (Object.keys(bundle).length === 0)
    throw stateError('NO_CERTIFICATES', `${session.store.location} has no certificates`, {
      fix: 'name the cluster file with --config, or make the cluster with rke up',
    });
  return {
    cluster: session.spec.clusterName,
    certificates: certificateStatuses(bundle, now),
    hosts: withHosts ? await hostStatuses(session, bundle, options, now) : [],
  };
}

async function hostStatuses(
  session: Session,
  certificates: CertificateBundle,
  options: ClusterOptions,
  now: Date,
): Promise<HostStatus[]> {
  const { signal } = options;
  const limit = concurrencyOf(options);
  await using hosts = await connect(session, options);
  const encryptionConfig = session.state?.currentState.encryptionConfig ?? '';
  const plan = planCluster(session, hosts.facts, { certificates, encryptionConfig });
  const found = await fanOut(plan.nodes, { limit, signal }, async ({ node, files }): Promise<HostStatus> => {
    const { address } = node;
    const host = hosts.hosts.get(address);
    if (host === undefined)
      return {
        host: address,
        error: hosts.unreachable.get(address)?.message ?? 'not reached',
        certificates: [],
      };
    const expected = new Map(
      files.flatMap(({ path, content }) => {
        const name = nameOf(path);
        return name === undefined ? [] : [[name, content] as const];
      }),
    );
    const there = await readCertificates(host, signal);
    return there === undefined
      ? { host: address, error: 'no container shows /etc/kubernetes', certificates: [] }
      : { host: address, certificates: compareWithHost(expected, there, now) };
  });
  return found.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
}

/** The certificates on a host by name; undefined where nothing of the cluster is there to read them through. */
async function readCertificates(
  { docker }: Host,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string> | undefined> {
  const candidates = ['kube-proxy', 'kube-scheduler', 'kube-controller-manager', 'etcd', 'kubelet'];
  const containers: ObservedContainer[] = [];
  for (const name of candidates) {
    const container = await docker.inspect(name, { signal });
    if (container !== undefined) containers.push(container);
  }
  const files = await readConfiguration(containers, docker, { signal, unpackFiles });
  return (
    files &&
    new Map(
      files.flatMap(({ path, content }) => {
        const name = nameOf(path);
        return name === undefined ? [] : [[name, content.toString('utf8')] as const];
      }),
    )
  );
}

/** Of a certificate's path; undefined for keys and other files. */
function nameOf(path: string): string | undefined {
  const name = /^\/etc\/kubernetes\/ssl\/([^/]+)\.pem$/.exec(path)?.[1];
  return name === undefined || name.endsWith('-key') ? undefined : name;
}
