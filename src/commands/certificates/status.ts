import { fanOut } from '../../execute/fan-out.js';
import { readConfiguration } from '../../execute/observe-files.js';
import { stateError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import { listCaWarnings } from '../../pki/check/ca-expiry.js';
import type { HostReader, ObservedContainer } from '../../host/host.js';
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
import { listUnreached } from '../../run/unreachable.js';
import { openSession, type Session } from '../../run/session.js';
import { throwMissing } from '../../run/state/open-state.js';
import { connect } from '../../run/connect.js';
import { concurrencyOf, type ClusterOptions } from '../../run/cluster-options.js';

/** The certificates on one host. */
export interface HostStatus {
  readonly host: string;
  /** Why its certificates are unknown. */
  readonly error?: string;
  readonly certificates: readonly HostCertificateStatus[];
}

/** The certificates of a cluster. */
export interface CertificateReport {
  readonly cluster: string;
  readonly certificates: readonly CertificateStatus[];
  /** CAs that have expired or expire within a year, each with what to do. */
  readonly warnings: readonly string[];
  /** All hosts of cluster.yml, including unreachable ones; empty if hosts were not contacted. */
  readonly hosts: readonly HostStatus[];
}

/** The same, with the failures to connect. */
export interface CertificateStatusResult {
  readonly status: CertificateReport;
  readonly unreached: readonly Failure[];
}

export interface CertificateStatusOptions extends ClusterOptions {
  /** False reads the state alone, and contacts no host. */
  readonly withHosts: boolean;
  /** Time against which expiry is judged; now by default. */
  readonly now?: Date;
}

/**
 * `rke cert status`: reads the certificates of the state, and of every reachable host. Changes nothing and takes no lock.
 *
 * @throws RkeError (exit 4) STATE_MISSING if there is no state, NO_CERTIFICATES if it has none
 */
export async function readCertificateStatus({
  withHosts,
  now = new Date(),
  ...options
}: CertificateStatusOptions): Promise<CertificateStatusResult> {
  const session = await openSession(options, { forChange: false });
  const bundle = requireCertificates(session);
  const { hosts, unreached } = withHosts
    ? await readHosts(session, bundle, options, now)
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

function requireCertificates({ state, store: { location } }: Session): CertificateBundle {
  if (state === undefined) throwMissing({ location });
  const bundle = state.desiredState.certificatesBundle ?? {};
  if (Object.keys(bundle).length > 0) return bundle;
  throw stateError('NO_CERTIFICATES', `the state at ${location} has no certificates`, {
    fix: 'run `rke up` for a new cluster, or `rke state recover --force` for a running one; `rke state list` shows earlier versions of the file',
  });
}

async function readHosts(
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
  const results = await fanOut(nodes, { limit, signal }, async ({ address }): Promise<HostStatus> => {
    const host = hosts.hosts.get(address);
    const files = planned.get(address);
    // An unreachable host has no plan, because the facts of its Docker are unknown.
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
    const found = await readCertificates(host, signal);
    return found === undefined
      ? { host: address, error: 'no container mounts /etc/kubernetes', certificates: [] }
      : { host: address, certificates: compareWithHost(expected, found, now, isAsGood) };
  });
  const statuses = results.map((result) => {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  });
  return { hosts: statuses, unreached: listUnreached(nodes, hosts) };
}

/** Reads the certificates on a host by name; undefined if no container gives access to them. */
async function readCertificates(
  { docker }: HostReader,
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

/** The name of a certificate by its path; undefined for keys and other files. */
function nameOf(path: string): string | undefined {
  const name = /^\/etc\/kubernetes\/ssl\/([^/]+)\.pem$/.exec(path)?.[1];
  return name === undefined || name.endsWith('-key') ? undefined : name;
}
