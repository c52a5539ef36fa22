import type { ContainerSpec } from '../plan/cluster-plan-types.js';

/** A container that exists for one operation only; callers add what they need. */
export function helperContainer(name: string, image: string): ContainerSpec {
  return {
    name,
    image,
    entrypoint: [],
    cmd: [],
    env: [],
    binds: [],
    volumesFrom: [],
    networkMode: 'none',
    privileged: false,
    labels: {},
    securityOpt: [],
    started: true,
  };
}
