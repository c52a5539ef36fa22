import type { ClusterConfig } from '../schema/parse-config.js';

/** Defaults of the block (RKE cluster/defaults.go setClusterDefaults, cluster/cluster.go parseNodeDrainInput). */
export function resolveUpgradeStrategy(
  given: ClusterConfig['upgradeStrategy'],
): Readonly<Record<string, unknown>> {
  const strategy: Readonly<Record<string, unknown>> = given ?? {};
  const drainInput = strategy['nodeDrainInput'] as DrainInput | undefined;
  return {
    ...strategy,
    maxUnavailableWorker: orElse(strategy['maxUnavailableWorker'], '10%'),
    maxUnavailableControlplane: orElse(strategy['maxUnavailableControlplane'], '1'),
    ...resolveDrain(drainInput, { hasBlock: given !== undefined, drains: strategy['drain'] === true }),
  };
}

interface DrainInput {
  readonly ignoreDaemonSets?: boolean;
  readonly gracePeriod?: number;
  readonly timeout?: number;
}

function resolveDrain(
  input: DrainInput | undefined,
  { hasBlock, drains }: { readonly hasBlock: boolean; readonly drains: boolean },
): { readonly nodeDrainInput?: DrainInput } {
  if (input === undefined) {
    // RKE sets the input only if it is unused: `drain: true` alone gets none.
    return hasBlock && !drains
      ? { nodeDrainInput: { ignoreDaemonSets: true, gracePeriod: -1, timeout: 120 } }
      : {};
  }
  const { ignoreDaemonSets = true, gracePeriod, timeout, ...rest } = input;
  // RKE loses an explicit false unless both times are set.
  const isLost = !ignoreDaemonSets && (gracePeriod === undefined || timeout === undefined);
  return {
    nodeDrainInput: {
      ...rest,
      ...(isLost ? {} : { ignoreDaemonSets }),
      gracePeriod: gracePeriod ?? -1,
      timeout: timeout ?? 120,
    },
  };
}

const orElse = (value: unknown, otherwise: string): unknown =>
  value === undefined || value === '' ? otherwise : value;
