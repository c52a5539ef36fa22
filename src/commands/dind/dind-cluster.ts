import { isDindCluster } from '../../config/write/dind-file.js';
import { RkeError, usageError } from '../../core/errors.js';
import type { DindEngine } from '../../host/dind/dind-engine.js';
import type { CallOptions } from '../../host/host.js';
import { dockerVerdict } from '../../reconcile/checks/docker-rules.js';
import type { DindNode } from '../../reconcile/dind/dind-steps.js';
import type { Session } from '../../run/session.js';

/**
 * The image of node containers: that of RKE v1 (dind/dind.go), in the range of Docker versions of every Kubernetes version that a new
 * cluster gets.
 */
export const defaultDindImage = 'docker:24.0.9-dind';

/** The containers that cluster.yml wants. @throws RkeError (exit 2) if it was not written by `rke up --dind` */
export function readDindNodes({ spec }: Pick<Session, 'spec'>, configPath: string): readonly DindNode[] {
  if (!isDindCluster(spec.clusterName, spec.nodes))
    throw usageError(
      `${configPath} was not written by \`rke up --dind\` (cluster_name ${spec.clusterName}, nodes ${spec.nodes.map(({ address }) => address).join(', ')})`,
      { fix: 'leave out --dind for a cluster on other hosts; run `rke up --dind N` in an empty directory' },
    );
  return spec.nodes.map(({ address, hostnameOverride }) => ({ address, name: hostnameOverride }));
}

/** Checks the Docker of this machine with the rules for hosts. @throws RkeError (exit 6) */
export async function checkMachine(engine: DindEngine, options: CallOptions): Promise<void> {
  const verdict = dockerVerdict(await engine.check(options), { isNew: false });
  if (verdict.status !== 'failed') return;
  throw new RkeError('CHECK_DOCKER', `this machine: ${verdict.message}`, {
    fix: verdict.fix.replace(/ and, if it has another socket.*$/, ', or set DOCKER_HOST to such a one'),
  });
}
