import { fanOut } from '../../execute/fan-out.js';
import { readConfiguration } from '../../execute/observe-files.js';
import { stateError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { listCaWarnings } from '../../pki/check/ca-expiry.js';
import type { Host, ObservedContainer } from '../../host/host.js';
import { unpackFiles } from '../../host/tar.js';
import {
  listCertificateStatuses,
  compareWithHost,
  type CertificateStatus,
  type HostCertificateStatus,
} from '../../pki/check/certificate-status.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import { createHostCertificateCheck } from '../../pki/check/host-certificate.js';
import { planCluster } from '../../run/plan-cluster.js';
import { unreachedHosts } from '../../run/unreachable.js';
import { openSession, type Session } from '../../run/session.js';
import { connect } from '../../run/connect.js';
import { concurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';

export interface HostStatus {
  readonly host: string;
  /** Why nothing is known of it. */
  readonly error?: string;
  readonly certificates: readonly HostCertificateStatus[];
}

export interface CertStatus {
  readonly cluster: string;
  readonly certificates: readonly CertificateStatus[];
  /** CAs that have expired or end within a year, with the way out. */
  readonly warnings: readonly string[];
  /** All hosts of cluster.yml, those that were not reached included; empty if none was asked. */
  readonly hosts: readonly HostStatus[];
}

/** The same, with what went wrong on the way to the hosts. */
export interface CertStatusResult {
  readonly status: CertStatus;
  readonly unreached: readonly Failure[];
}

/**
 * `rke cert status`: the certificates of the state, and of every host that can be reached. Changes nothing and takes no lock.
 *
 * @param withHosts false: the state alone
 * @throws RkeError (exit 4) STATE_MISSING if there is no state, NO_CERTIFICATES if it has none
 */
export async function certStatus(
  options: ClusterOptions,
  { withHosts, now }: { readonly withHosts: boolean; readonly now: Date },
): Promise<CertStatusResult> {
  const session = await openSession(options, { forChange: false });
  const bundle = certificatesOf(session);
  const { hosts, unreached } = withHosts
    ? await hostStatuses(session, bundle, options, now)
    : { hosts: [], unreached: [] };
  return {
    status: {
      cluster: session.spec.clusterName,
      certificates: listCertificateStatuses(bundle, now),
      warnings: listCaWarnings(bundle, now),
      hosts,
    },
    unreached,
  };
}

function certificatesOf({ state, store: { location } }: Session): CertificateBundle {
  if (state === undefined)
    throw stateError('STATE_MISSING', `no state file at ${location}, so its certificates are not known`, {
      fix: 'put the state file back beside the cluster file, or name another cluster file with --config; `rke state recover` rebuilds a lost one from the cluster or its hosts, `rke up` makes one for a new cluster',
    });
  const bundle = state.desiredState.certificatesBundle ?? {};
  if (Object.keys(bundle).length > 0) return bundle;
  throw stateError('NO_CERTIFICATES', `the state at ${location} has no certificates`, {
    fix: 'run `rke up` for a new cluster, or `rke state recover --force` for a running one; `rke state list` shows earlier versions of the file',
  });
}

async function hostStatuses(
  session: Session,
  certificates: CertificateBundle,
  options: ClusterOptions,
  now: Date,
): Promise<{ readonly hosts: readonly HostStatus[]; readonly unreached: readonly Failure[] }> {
  const { signal } = options;
  const limit = concurrencyOf(options);
  await using hosts = await connect(session, options);
  const encryptionConfig = session.state?.currentState.encryptionConfig ?? '';
  const plan = planCluster(session, hosts.facts, { certificates, encryptionConfig });
  const isAsGood = createHostCertificateCheck(session.spec, certificates, now);
  const planned = new Map(plan.nodes.map(({ node, files }) => [node.address, files]));
  const { nodes } = session.spec;
  const found = await fanOut(nodes, { limit, signal }, async ({ address }): Promise<HostStatus> => {
    const host = hosts.hosts.get(address);
    const files = planned.get(address);
    // A host that was not reached has no plan either: what it runs on is not known.
    if (host === undefined || files === undefined)
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
      : { host: address, certificates: compareWithHost(expected, there, now, isAsGood) };
  });
  const statuses = found.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return { hosts: statuses, unreached: unreachedHosts(nodes, hosts) };
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
