import { resolve } from 'node:path';
import { ConfigError } from '../../core/config-error.js';
import { exitCodes } from '../../core/errors.js';
import { RunFailedError } from '../../core/hosts-error.js';
import { clusterPaths } from '../../state/paths.js';
import { catalogFor } from '../catalog-for.js';
import type { CommandContext } from '../command-context.js';
import { failuresOf } from '../../run/checks/check-hosts.js';
import { resultsOfFacts } from '../../run/checks/docker-facts.js';
import { encryptionOf } from '../../run/encryption/encryption-of-run.js';
import { describePlan, planText } from '../show/describe-plan.js';
import { readFacts } from '../plan-facts.js';
import { planCluster } from '../../run/plan-cluster.js';
import { certificatesToBe } from '../../run/certificates/planned-certificates.js';
import { checkCluster, readClusterText } from '../../run/read-cluster.js';
import { readingOf, type ReadingFlagValues } from '../program/reading-flags.js';
import { shortestPath } from '../shortest-path.js';
import { runningCluster } from '../../run/state/running-cluster.js';
import { readStateOptions } from '../read-state-options.js';
import { openStore } from '../../run/state/state-options.js';

export interface PlanFlags extends ReadingFlagValues {
  readonly config: string;
  readonly offline: boolean;
  readonly facts?: string;
  readonly output: 'text' | 'json';
}

/**
 * `rke plan --offline`: what belongs on every host, by cluster.yml and the state beside it.
 *
 * @throws ConfigError (exit 3) for a file with mistakes; RunFailedError (exit 6) for facts of a host that cannot be a node;
 *   RkeError where a file cannot be read (exit 2, the state's 4)
 */
export async function plan(flags: PlanFlags, context: CommandContext): Promise<number> {
  const { io } = context;
  const file = shortestPath(resolve(io.cwd, flags.config));
  const [text, catalog] = await Promise.all([readClusterText(file), catalogFor(context)]);
  const state = await openStore(clusterPaths(file).state, await readStateOptions({}, io)).load();
  const running = state?.currentState.rkeConfig;
  const loaded = checkCluster(text, {
    catalog,
    forChange: true,
    ...runningCluster(state),
    ...readingOf(flags, io.env),
  });
  if (!loaded.ok) throw new ConfigError(file, text, loaded.diagnostics);
  const spec = loaded.value;
  const facts = await readFacts(spec.nodes, flags.facts, io);
  const known = new Set(running?.nodes.map(({ address }) => address));
  const failures = failuresOf(resultsOfFacts(facts, known));
  if (failures.length > 0) throw new RunFailedError(failures, false);
  // A key that nobody has made yet has no text to show.
  const encryption = encryptionOf(spec, state, () => ({ name: 'new', secret: 'new' }));
  const certificates = { ...certificatesToBe(spec), ...state?.desiredState.certificatesBundle };
  const planned = planCluster(
    { spec, catalog },
    facts,
    { certificates, encryptionConfig: encryption.end.desired },
    running,
  );
  const described = describePlan(spec, planned, encryption.steps);
  io.stdout.write(
    flags.output === 'json' ? `${JSON.stringify(described, undefined, 2)}\n` : planText(described),
  );
  return exitCodes.ok;
}
