import { RunFailedError } from '../../core/hosts-error.js';
import { failuresOf } from '../../run/checks/check-hosts.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { encryptionOf } from '../../run/encryption/encryption-of-run.js';
import { planCluster } from '../../run/plan-cluster.js';
import { openSession } from '../../run/session.js';
import { certificatesToBe } from './certificates-to-be.js';
import { describePlan, type DescribedPlan } from './describe-plan.js';
import { checkDockerFacts } from './docker-checks.js';
import { readOfflineFacts } from './offline-facts.js';

export interface PlanOfflineOptions extends FileOptions {
  /** JSON file of facts by host address; hosts that it does not name count as Debian 12. */
  readonly factsFile?: string | undefined;
}

/**
 * `rke plan --offline`: what belongs on every host, by cluster.yml and the state beside it. Contacts no host.
 *
 * @throws ConfigError (exit 3) for an invalid file; RunFailedError (exit 6) for facts of a host that cannot be a node;
 *   RkeError if a file cannot be read (exit 2, the state's 4)
 */
export async function planOffline({ factsFile, ...options }: PlanOfflineOptions): Promise<DescribedPlan> {
  const { spec, catalog, state } = await openSession(options, { forChange: true });
  const running = state?.currentState.rkeConfig;
  const facts = await readOfflineFacts(spec.nodes, factsFile);
  const known = new Set(running?.nodes.map(({ address }) => address));
  const failures = failuresOf(checkDockerFacts(facts, known));
  if (failures.length > 0) throw new RunFailedError(failures, false);
  // A key that does not exist yet has no text to show.
  const encryption = encryptionOf(spec, state, () => ({ name: 'new', secret: 'new' }));
  const certificates = { ...certificatesToBe(spec), ...state?.desiredState.certificatesBundle };
  const plan = planCluster(
    { spec, catalog },
    facts,
    { certificates, encryptionConfig: encryption.end.desired },
    running,
  );
  return describePlan(spec, plan, encryption.steps);
}
