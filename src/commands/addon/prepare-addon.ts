import type { ClusterSpec } from '../../config/cluster-spec.js';
import { kubeError, stateError } from '../../core/errors.js';
import type { UserAddon } from '../../plan/addons/user/user-addon.js';
import type { ObservedCluster, ObservedKube } from '../../reconcile/observed.js';
import { loadUserAddons } from '../../run/addons/load-user-addons.js';
import { checkCertificates } from '../../run/certificates/check-certificates.js';
import type { ClusterOptions } from '../../run/cluster-options.js';
import { planCluster } from '../../run/plan-cluster.js';
import type { Session } from '../../run/session.js';
import { throwMissing } from '../../run/state/open-state.js';
import type { ClusterNeeds } from '../../run/with-cluster.js';
import type { ClusterState } from '../../state/cluster-state.js';

/** What the commands of add-ons prepare before they contact a host. */
export interface PreparedAddons {
  readonly state: ClusterState;
  /** Configuration of the last finished run. */
  readonly running: ClusterSpec;
  /** Those of cluster.yml. */
  readonly userAddons: readonly UserAddon[];
  /** @param leaving name of a user add-on that is planned as if it were not in cluster.yml */
  readonly needs: (command: string, purpose: ClusterNeeds['purpose'], leaving?: string) => ClusterNeeds;
}

/**
 * Reads the user add-ons, and plans a cluster as it is: with the certificates and the encryption of its state.
 *
 * @throws RkeError STATE_MISSING, NO_CLUSTER or of the certificates (exit 4); ConfigError (exit 3) for add-ons that cannot be read
 */
export async function prepareAddons(session: Session, options: ClusterOptions): Promise<PreparedAddons> {
  const state = session.state ?? throwMissing(session.store);
  const { location } = session.store;
  const running = state.currentState.rkeConfig;
  if (running === undefined)
    throw stateError('NO_CLUSTER', `${location} has no finished cluster`, {
      fix: 'finish the cluster with `rke up`, or set another cluster file with --config',
    });
  checkCertificates(state, location);
  const userAddons = await loadUserAddons(session, options);
  const encryptionConfig = state.currentState.encryptionConfig ?? '';
  return {
    state,
    running,
    userAddons,
    needs: (command, purpose, leaving) => ({
      command: `rke ${command}`,
      purpose,
      certificates: state.desiredState.certificatesBundle ?? {},
      plan: (facts, certificates) => {
        const planned = userAddons.filter(({ name }) => name !== leaving);
        return planCluster(session, facts, { certificates, encryptionConfig, userAddons: planned }, running);
      },
    }),
  };
}

/** The API of an observed cluster. @throws RkeError KUBE_UNREACHABLE (exit 7) if it was not read */
export function requireKube({ kube, kubeTrouble }: ObservedCluster): ObservedKube {
  if (kube !== undefined) return kube;
  throw kubeError(
    'KUBE_UNREACHABLE',
    `cannot read the Kubernetes API${kubeTrouble === undefined ? '' : ` (${kubeTrouble})`}; nothing was changed`,
    { fix: 'check `docker logs kube-apiserver` on the control-plane hosts; `rke up` repairs them' },
  );
}
