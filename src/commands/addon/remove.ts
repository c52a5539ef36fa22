import { nearest } from '../../core/nearest.js';
import { usageError, type RkeError } from '../../core/errors.js';
import { addonKinds, chosenAddons } from '../../config/addons/chosen-addons.js';
import { describeRef } from '../../plan/addons/object-ref.js';
import { addonInCluster } from '../../plan/addons/addons-in-cluster.js';
import { neverRemoved } from '../../plan/addons/plan-addons.js';
import { describeKept, userAddonChanges } from '../../reconcile/diff/user-addon-changes.js';
import type { OperationPlan } from '../../reconcile/operations.js';
import { addonSeconds } from '../../reconcile/order/addon-waits.js';
import { planAddonRemoval } from '../../reconcile/plan-addon.js';
import { count } from '../../report/wording.js';
import { apply, type RunResult } from '../../run/apply.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { limitRun } from '../../run/limit-run.js';
import { emitRunStarted } from '../../run/run-events.js';
import { openLockedSession, type Session } from '../../run/session.js';
import { withCluster, type ObservedRun } from '../../run/with-cluster.js';
import { requireConfirmation, type Confirm, type Destruction } from '../up/confirm.js';
import { onlyByUp } from './apply.js';
import { describeAddonChanges } from './describe-addon-changes.js';
import { prepareAddons, requireKube, type PreparedAddons } from './prepare-addon.js';

export interface RemoveAddonOptions extends ClusterOptions {
  /** Name of the add-on, as `rke addon ls` lists it. */
  readonly name: string;
  /** Deletes Namespaces of the add-on with everything in them; others are kept if anything else is in them. */
  readonly pruneNamespaces?: boolean | undefined;
  /** Called with what would be deleted, before anything is; without it, the run is refused. */
  readonly confirm?: Confirm<Destruction> | undefined;
}

const command = 'addon remove';

/**
 * `rke addon remove`: deletes what the inventory of one add-on lists, after a confirmation. One that is still in cluster.yml is
 * applied again by the next `rke up`; an add-on of the cluster must be removed from cluster.yml first. The state stays as it is.
 *
 * @throws ConfigError (exit 3), RkeError USAGE or NOT_CONFIRMED (2), of the state (4), RunFailedError (5 to 9), TimedOutError (124),
 *   or the signal's reason
 */
export function removeAddon(options: RemoveAddonOptions): Promise<RunResult> {
  return limitRun(options, run);
}

async function run(options: RemoveAddonOptions): Promise<RunResult> {
  const { name, confirm } = options;
  await using session = await openLockedSession(options, { forChange: true, command: `rke ${command}` });
  requireRemovable(name, session);
  const prepared = await prepareAddons(session, options);
  emitRunStarted(options, command, session.spec);
  return await withCluster(session, options, prepared.needs(command, 'change', name), async (cluster) => {
    const { operations, warnings } = decide(options, cluster, prepared);
    const {
      plan,
      observed,
      session: { spec },
    } = cluster;
    const { state } = prepared;
    const summary = describeAddonChanges(operations, spec, { plan, observed });
    return apply(
      cluster,
      {
        operations,
        summary,
        warnings: warnings.map((message) => ({ message })),
        refusals: [],
        desired: state,
        finished: state,
      },
      () =>
        requireConfirmation(
          { destructive: listLosses(name, operations) },
          confirm,
          cluster.options,
          `read what is deleted, then run \`rke ${command} ${name} --yes\``,
        ),
    );
  });
}

/** @throws RkeError USAGE (exit 2) if there is no such add-on, or it cannot be removed by itself */
function decide(
  { name, pruneNamespaces = false }: RemoveAddonOptions,
  { session: { spec }, plan, observed }: Pick<ObservedRun, 'session' | 'plan' | 'observed'>,
  { userAddons }: PreparedAddons,
): { readonly operations: OperationPlan; readonly warnings: readonly string[] } {
  const { userAddons: found, addons: recorded } = requireKube(observed);
  const isWritten = userAddons.some((one) => one.name === name);
  const known = [...userAddons.map((one) => one.name), ...(found?.records.keys() ?? []), ...recorded.keys()];
  const rules = { prunesNamespaces: pruneNamespaces, only: name };
  const { operations, needs } = planAddonRemoval(plan, observed, {
    ...rules,
    name,
    timeoutSeconds: addonSeconds(spec),
  });
  if (operations.operations.length === 0 && !known.includes(name)) throw unknownAddon(name, known);
  if (needs.length > 0) throw onlyByUp(`another add-on takes the place of ${name}`);
  const kept = found === undefined ? [] : userAddonChanges(plan, found, rules).flatMap((one) => one.kept);
  return {
    operations,
    warnings: [
      ...kept.map(describeKept),
      ...(isWritten
        ? [
            `${name} is still in cluster.yml: the next \`rke up\` applies it again, unless you remove it there`,
          ]
        : []),
    ],
  };
}

/** @throws RkeError USAGE (exit 2) for an add-on of the cluster that is in use */
function requireRemovable(name: string, { spec }: Session): void {
  if (neverRemoved.includes(name))
    throw usageError(`${name} cannot be removed: the nodes of the cluster depend on it`, {
      fix: 'see docs/running-cluster.md for what can be changed',
    });
  const chosen = chosenAddons(spec).find((one) => addonInCluster(one.name).deployedAs === name);
  if (chosen === undefined) return;
  const { block, key } = addonKinds[chosen.kind];
  throw usageError(
    `${name} is the add-on that cluster.yml, or its default, has as ${block}.${key}: ${chosen.name}`,
    {
      fix:
        chosen.kind === 'dns'
          ? `set another \`${block}.${key}\` in cluster.yml and run \`rke up\`, which replaces it`
          : `set \`${block}: { ${key}: none }\` in cluster.yml and run \`rke up\`, which removes it`,
    },
  );
}

function unknownAddon(name: string, known: readonly string[]): RkeError {
  const similar = nearest(name, known);
  return usageError(
    `the cluster has no add-on "${name}"${similar === undefined ? '' : `; did you mean "${similar}"?`}`,
    { fix: 'use a name of `rke addon ls`' },
  );
}

/** What is deleted, in short: the summary lists every object. */
function listLosses(name: string, { operations }: OperationPlan): string[] {
  const lines = operations.flatMap((one): readonly string[] => {
    if (one.kind === 'remove-addon') return one.objects.map((ref) => `delete ${describeRef(ref)}`);
    return one.kind === 'apply-user-addon' ? (one.details ?? []) : [];
  });
  if (lines.length === 0) return [];
  const claims = lines.filter((line) => line.startsWith('delete PersistentVolumeClaim '));
  return [
    `${count(lines.length, 'object')} of ${name} will be deleted`,
    ...lines.filter((line) => line.startsWith('delete Namespace ') && line.includes(' with ')),
    ...(claims.length === 0
      ? []
      : [`${count(claims.length, 'PersistentVolumeClaim')} among them, usually with the data`]),
  ];
}
