import type { Diagnostic } from '../../core/diagnostic.js';
import { RunFailedError } from '../../core/hosts-error.js';
import type { UserAddon } from '../../plan/addons/user/user-addon.js';
import type { HostFacts } from '../../plan/host-context.js';
import type { CheckResult } from '../../reconcile/checks/check-result.js';
import { dockerVerdict } from '../../reconcile/checks/docker-rules.js';
import { failuresOf } from '../../run/checks/check-hosts.js';
import { checkUserAddons } from '../../run/addons/load-user-addons.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { invalidCluster } from '../../run/cluster-source.js';
import { planEncryption } from '../../run/encryption/encryption-of-run.js';
import { planCluster } from '../../run/plan-cluster.js';
import { openSession, type Session } from '../../run/session.js';
import { listFutureCertificates } from './future-certificates.js';
import { describePlan, type DescribedPlan } from './describe-plan.js';
import { readOfflineFacts } from './offline-facts.js';

export interface PlanOfflineOptions extends FileOptions {
  /** JSON file with facts by host address; hosts that it does not list count as Debian 12. */
  readonly factsFile?: string | undefined;
  /** Plans a change of the network plugin of a running cluster, which is an error otherwise. */
  readonly allowNetworkChange?: boolean | undefined;
  /** Accepts a version that skips a minor, or is older, which is an error otherwise. */
  readonly forceVersion?: boolean | undefined;
}

/**
 * `rke plan --offline`: plans what should be on every host, from cluster.yml and the state beside it. Contacts no host.
 *
 * @throws ConfigError (exit 3) for an invalid file; RunFailedError (exit 6) if a host cannot be a node according to
 *   its facts; RkeError if a file cannot be read (exit 2, the state 4)
 */
export async function planOffline({
  factsFile,
  allowNetworkChange,
  forceVersion,
  ...options
}: PlanOfflineOptions): Promise<DescribedPlan> {
  const session = await openSession(options, { forChange: true, allowNetworkChange, forceVersion });
  const { spec, catalog, state } = session;
  const userAddons = await loadOffline(session, options);
  const running = state?.currentState.rkeConfig;
  const facts = await readOfflineFacts(spec.nodes, factsFile);
  const known = new Set(running?.nodes.map(({ address }) => address));
  const failures = failuresOf(checkDockerFacts(facts, known));
  if (failures.length > 0) throw new RunFailedError(failures);
  // The name and secret of a key that the first run creates are unknown.
  const encryption = planEncryption(spec, state, () => ({ name: 'new', secret: 'new' }));
  const certificates = { ...listFutureCertificates(spec), ...state?.desiredState.certificatesBundle };
  const plan = planCluster(
    { spec, catalog },
    facts,
    { certificates, encryptionConfig: encryption.end.desired, userAddons },
    running,
  );
  return describePlan(spec, plan, encryption.steps);
}

/** The user add-ons as far as they can be read without a network: for a plan, what cannot be read is a warning. */
async function loadOffline(
  session: Session,
  { configPath, signal, events, helm = {} }: PlanOfflineOptions,
): Promise<readonly UserAddon[]> {
  const { addons, diagnostics } = await checkUserAddons(session, {
    configPath,
    signal,
    helm,
    fetchesUrls: false,
  });
  const isUnread = ({ code }: Diagnostic): boolean => code === 'not-readable' || code === 'missing-file';
  if (diagnostics.some((one) => one.severity === 'error' && !isUnread(one)))
    throw invalidCluster(session.source, diagnostics);
  for (const one of diagnostics) events.emit({ type: 'warning', message: `${one.path}: ${one.message}` });
  return addons;
}

/**
 * Checks the Docker of each host from its facts alone.
 *
 * @param known hosts that are part of the cluster already
 */
function checkDockerFacts(facts: ReadonlyMap<string, HostFacts>, known: ReadonlySet<string>): CheckResult[] {
  return [...facts].map(([host, found]) => ({
    check: 'docker',
    host,
    ...dockerVerdict(found, { isNew: !known.has(host) }),
  }));
}
