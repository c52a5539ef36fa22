import type { ClusterSpec } from '../../config/cluster-spec.js';
import { chartAddonName } from '../../plan/addons/helm/chart-addon.js';
import { planAddons } from '../../plan/addons/plan-addons.js';
import { includesName, inlineName } from '../../plan/addons/user/user-addon.js';
import type { FileOptions } from '../../run/cluster-options.js';
import { openSession, type Session } from '../../run/session.js';

/**
 * The names of the add-ons of a cluster file, and of those that its state has besides, in the order of `rke addon ls`. Reads local
 * files only, and none of the add-ons.
 *
 * @throws what `openSession` throws for the cluster file; a state that cannot be read is left out
 */
export async function listAddonNames(options: FileOptions): Promise<string[]> {
  const session = await openSession(options, { forChange: false }).catch(() =>
    openSession(options, { forChange: false, withoutState: true }),
  );
  const { spec, catalog, state } = session;
  const running = state?.currentState.rkeConfig;
  const both = running === undefined ? [spec] : [spec, running];
  return [...new Set(both.flatMap((one) => namesOf(one, catalog)))];
}

function namesOf(spec: ClusterSpec, catalog: Session['catalog']): string[] {
  const { addons = '', addonsInclude = [], addonsHelm = [] } = spec;
  return [
    ...planAddons(spec, catalog).map(({ name }) => name),
    ...(addons.trim() === '' ? [] : [inlineName]),
    ...(addonsInclude.length === 0 ? [] : [includesName]),
    ...addonsHelm.map(chartAddonName),
  ];
}
