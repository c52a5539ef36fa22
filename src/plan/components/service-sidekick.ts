import type { ContainerSpec } from '../cluster-plan-types.js';
import { buildComponentSecurityOpt, buildNameLabel, sidekickName } from '../container/container-fields.js';
import type { HostContext } from '../host-context.js';

/** Plans the container that owns the volume /opt/rke-tools and is never started (RKE services/services.go:62-101). */
export function planServiceSidekick(context: HostContext): ContainerSpec {
  return {
    name: sidekickName,
    image: context.spec.systemImages['kubernetesServicesSidecar'] ?? '',
    entrypoint: ['/bin/bash'],
    cmd: [],
    env: [],
    binds: [],
    volumesFrom: [],
    networkMode: 'none',
    privileged: false,
    labels: buildNameLabel(sidekickName),
    securityOpt: buildComponentSecurityOpt(context),
    started: false,
  };
}
