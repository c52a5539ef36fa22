import type { ClusterSpec } from '../../config/cluster-spec.js';
import { dockerError } from '../../core/errors.js';
import type { Failure } from '../../core/hosts-error.js';
import type { DockerFacts } from '../../host/host.js';
import type { CertificateBundle } from '../../pki/certificates.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { kubernetesMinor } from '../../versions/kubernetes-version.js';
import { checkHosts } from '../../reconcile/checks/check-hosts.js';
import type { CheckName, CheckResult } from '../../reconcile/checks/check-result.js';
import type { CheckedHost, ClusterFacts } from '../../reconcile/checks/checked-host.js';
import type { CheckFacts } from '../../reconcile/checks/facts.js';
import type { DataDirs } from '../../reconcile/checks/facts-command.js';
import { etcdDataPath } from '../../reconcile/checks/etcd-data-path.js';
import { isNewHost, type ObservedCluster } from '../../reconcile/observed.js';
import type { Operation } from '../../reconcile/operations.js';
import type { ClusterState } from '../../state/cluster-state.js';

export interface HostChecksInput {
  readonly spec: ClusterSpec;
  readonly plan: ClusterPlan;
  readonly observed: ObservedCluster;
  readonly operations: readonly Operation[];
  readonly facts: ReadonlyMap<string, CheckFacts>;
  readonly certificates: CertificateBundle;
  readonly state: ClusterState | undefined;
}

/** Lists the directories in which each host keeps its data, for the checks. */
export function listDataDirs(
  { nodes, leaving = [] }: ClusterPlan,
  facts: ReadonlyMap<string, DockerFacts>,
): Map<string, DataDirs> {
  return new Map(
    [...nodes, ...leaving].map((node) => [
      node.node.address,
      {
        dockerRoot: facts.get(node.node.address)?.rootDir ?? '',
        prefix: node.prefixPath,
        etcdData: etcdDataPath(node),
      },
    ]),
  );
}

/** Runs the checks on the facts of the reached hosts. */
export function resultsOfChecks(input: HostChecksInput): CheckResult[] {
  const { operations } = input;
  const pulling = new Set(
    operations.flatMap(({ kind, host }) => (kind === 'pull-image' ? [host ?? ''] : [])),
  );
  return checkHosts(listCheckedHosts(input, pulling), clusterFactsOf(input));
}

/** The reached hosts as the checks see them. @param pulling addresses of hosts that lack images */
export function listCheckedHosts(
  { plan, observed, facts, state }: Pick<HostChecksInput, 'plan' | 'observed' | 'facts' | 'state'>,
  pulling: ReadonlySet<string>,
): CheckedHost[] {
  const halves = [state?.desiredState, state?.currentState];
  const known = new Set(halves.flatMap((half) => half?.rkeConfig?.nodes.map(({ address }) => address) ?? []));
  return plan.nodes.flatMap(({ node: { address }, containers }) => {
    const found = observed.hosts.get(address);
    const gathered = facts.get(address);
    if (found === undefined || gathered === undefined) return [];
    return [
      {
        address,
        facts: gathered,
        docker: found.facts,
        containers,
        isNew: isNewHost(found),
        isKnown: known.has(address),
        mustPull: pulling.has(address),
      },
    ];
  });
}

/** What the checks know of the cluster. */
export function clusterFactsOf({
  spec,
  certificates,
  state,
}: Pick<HostChecksInput, 'spec' | 'certificates' | 'state'>): ClusterFacts {
  const bundles = [
    certificates,
    ...[state?.desiredState, state?.currentState].map((half) => half?.certificatesBundle),
  ];
  return {
    kubernetesMinor: kubernetesMinor(spec.kubernetesVersion),
    network: spec.network,
    caCertificates: bundles.flatMap((bundle) => bundle?.['kube-ca']?.certificatePEM ?? []),
  };
}

/** Converts the warnings of the checks to warnings of a run. */
export function warningsOf(results: readonly CheckResult[]): { host: string; message: string }[] {
  return results.flatMap(({ status, host, message, fix }) =>
    status === 'warning' ? [{ host, message: `${message}; ${fix}` }] : [],
  );
}

/** Converts each failed check to a failure (exit 6) that stops the run. */
export function failuresOf(results: readonly CheckResult[]): Failure[] {
  return results.flatMap(({ status, check, host, message, fix }): Failure[] =>
    status === 'failed'
      ? [{ title: `check ${check}`, host, error: dockerError(codeOf(check), message, { host, fix }) }]
      : [],
  );
}

type CheckCode<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Uppercase<Head>}_${CheckCode<Tail>}`
  : Uppercase<Name>;

/** `CHECK_MACHINE_ID` for `machine-id`. Does not compile for a check without an entry in the table of error codes. */
function codeOf(check: CheckName): `CHECK_${CheckCode<CheckName>}` {
  return `CHECK_${check.toUpperCase().replaceAll('-', '_') as CheckCode<CheckName>}`;
}
