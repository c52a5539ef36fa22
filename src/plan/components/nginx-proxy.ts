import { hostInUrl } from '../../core/ip.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildLongLivedContainer, buildTypeSecurityOpt } from '../container/container-fields.js';
import { nodesWithRole, type HostContext } from '../host-context.js';

/**
 * Plans the proxy from a host without a control plane to all API servers, which listens on 6443 (RKE cluster/plan.go:814-863).
 * The addresses are in the command, too: the image ignores it, but a change recreates the container.
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
    listensOn: 6443,
  });
}
