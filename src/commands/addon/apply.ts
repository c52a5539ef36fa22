import { nearest } from '../../core/nearest.js';
import { usageError, type RkeError } from '../../core/errors.js';
import { describeRef, objectRef } from '../../plan/addons/object-ref.js';
import { networkAddonName } from '../../plan/addons/network-plugin.js';
import { planAddons } from '../../plan/addons/plan-addons.js';
import type { ClusterPlan } from '../../plan/cluster-plan-types.js';
import { isGenerated } from '../../reconcile/diff/user-addon-changes.js';
import { addonSeconds } from '../../reconcile/order/addon-waits.js';
import { planAddonApply } from '../../reconcile/plan-addon.js';
import { apply, type RunResult } from '../../run/apply.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, type Session } from '../../run/session.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import { refuseNetwork } from '../up/network-refusals.js';
import { listReleaseNotes, refuseHelmReleases } from '../up/release-checks.js';
import { describeAddonChanges } from './describe-addon-changes.js';
import { prepareAddons, requireKube, type PreparedAddons } from './prepare-addon.js';

export interface ApplyAddonOptions extends ClusterOptions {
  /** Name of the add-on, as `rke addon ls` lists it. */
  readonly name: string;
}

const command = 'addon apply';

/**
 * `rke addon apply`: applies one add-on of cluster.yml, also what has not changed, and deletes what left it. Applies nothing else of
 * cluster.yml; the state stays as it is.
 *
 * @throws ConfigError (exit 3), RkeError USAGE (2) for an add-on that cluster.yml does not have, or that only `rke up` can apply; of
 *   the state (4); RunFailedError (5 to 9); TimedOutError (124), or the signal's reason
 */
export function applyAddon(options: ApplyAddonOptions): Promise<RunResult> {
  return limitRun(options, run);
}

async function run(options: ApplyAddonOptions): Promise<RunResult> {
  const { name } = options;
  await using session = await openLockedSession(options, { forChange: true, command: `rke ${command}` });
  const prepared = await prepareAddons(session, options);
  requireApplicable(name, session, prepared);
  emitRunStarted(options, command, session.spec);
  return await withCluster(session, options, prepared.needs(command, 'change'), async (cluster) =>
    apply(cluster, decide(name, cluster, prepared)),
  );
}

/** @throws RkeError USAGE (exit 2) if cluster.yml has no such add-on, or the cluster is still of another version */
function requireApplicable(
  name: string,
  { spec, catalog }: Session,
  { running, userAddons }: PreparedAddons,
): void {
  const names = [...planAddons(spec, catalog), ...userAddons].map((one) => one.name);
  if (!names.includes(name)) {
    const similar = nearest(name, names);
    throw usageError(
      `cluster.yml has no add-on "${name}"${similar === undefined ? '' : `; did you mean "${similar}"?`}`,
      { fix: `use one of ${names.join(', ')}; \`rke addon ls\` lists them` },
    );
  }
  if (spec.kubernetesVersion !== running.kubernetesVersion)
    throw usageError(
      `the cluster runs ${running.kubernetesVersion}, and cluster.yml has ${spec.kubernetesVersion}, whose add-ons may need that version`,
      { fix: 'upgrade the cluster with `rke up`, which applies its add-ons as well' },
    );
}

function decide(
  name: string,
  { session: { spec }, plan, observed }: ObservedRun,
  { state }: PreparedAddons,
): Parameters<typeof apply>[1] {
  requireKube(observed);
  const system = plan.addons.find((one) => one.name === name);
  if (system?.objects.length === 0)
    throw usageError(`this version cannot create the objects of ${name}: only RKE v1 can`, {
      fix: 'leave it as it is',
    });
  const { operations, needs } = planAddonApply(plan, observed, { name, timeoutSeconds: addonSeconds(spec) });
  if (needs.length > 0) throw onlyByUp(`${name} takes the place of another add-on`);
  const userAddons = (plan.userAddons ?? []).filter((one) => one.name === name);
  return {
    operations,
    summary: describeAddonChanges(operations, spec, { plan, observed }),
    warnings: [
      ...listReleaseNotes({ ...plan, userAddons }, operations.operations),
      ...notesOnKept({ ...plan, userAddons }, operations.operations),
    ].map((message) => ({ message })),
    refusals: [
      ...(name === networkAddonName ? refuseNetwork(spec, plan, observed) : []),
      ...refuseHelmReleases({ ...plan, userAddons }, observed),
    ],
    desired: state,
    finished: state,
  };
}

export const onlyByUp = (why: string): RkeError =>
  usageError(`${why}; nothing was changed`, {
    fix: 'run `rke up`: it changes both in the right order',
  });

/** What a chart generates is not applied again: a new rendering has other passwords. */
function notesOnKept(
  { userAddons = [] }: Pick<ClusterPlan, 'userAddons'>,
  operations: Parameters<typeof listReleaseNotes>[1],
): string[] {
  const applied = new Set(
    operations.flatMap((one) =>
      one.kind === 'apply-user-addon' ? one.objects.map(({ object }) => object) : [],
    ),
  );
  const kept = userAddons.flatMap(({ objects }) =>
    objects.filter((placed) => isGenerated(placed) && !applied.has(placed.object)),
  );
  return kept.length === 0
    ? []
    : [
        `not applied again, because the chart would generate other values: ${kept.map(({ object }) => describeRef(objectRef(object))).join(', ')}`,
      ];
}
