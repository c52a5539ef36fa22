import { hostInUrl } from '../../core/ip.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildLongLivedContainer, buildTypeSecurityOpt } from '../container/container-fields.js';
import { nodesWithRole, type HostContext } from '../host-context.js';

/**
 * The way of a node without a control plane to all of them: listens on 6443 (RKE cluster/plan.go:814-863). The
 * addresses stand in the command too, where the image ignores them, so that a change recreates the container.
 */
export function planNginxProxy(context: HostContext): ContainerSpec {
  const addresses = nodesWithRole(context.spec, 'controlplane').map(({ internalAddress }) =>
    hostInUrl(internalAddress),
  );
  const hosts = `CP_HOSTS=${addresses.join(',')}`;
  return buildLongLivedContainer({
    name: 'nginx-proxy',
    image: context.spec.systemImages['nginxProxy'] ?? '',
    entrypoint: ['nginx-proxy'],
    cmd: [hosts],
    env: [hosts],
    securityOpt: buildTypeSecurityOpt(context),
  });
}
