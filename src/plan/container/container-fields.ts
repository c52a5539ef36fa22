import type { ServiceSpec } from '../../config/cluster-spec.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { renderFlags, type FlagMap } from './flags.js';
import type { HostContext, HostFacts } from '../host-context.js';
import { isImageAtLeast } from './image-release.js';
import { joinPrefix } from '../prefix-path.js';

export const sidekickName = 'service-sidekick';

/**
 * Finds the script in service-sidekick's volume that starts Kubernetes components; rke-tools before 0.1.13 has another directory.
 * A tag that is not a version counts as a new one (RKE cluster/cluster.go:1221-1238).
 */
function findEntrypointScript({ spec }: HostContext): string {
  const image = spec.systemImages['kubernetesServicesSidecar'] ?? '';
  return isImageAtLeast(image, '0.1.13') ? '/opt/rke-tools/entrypoint.sh' : '/opt/rke/entrypoint.sh';
}

/** The only label that RKE sets, on long-lived containers alone. */
export function buildNameLabel(name: string): Readonly<Record<string, string>> {
  return { 'io.rancher.rke.container.name': name };
}

/** Builds a container with the defaults of all long-lived containers of RKE except service-sidekick. */
export function buildLongLivedContainer(
  fields: Pick<ContainerSpec, 'name' | 'image'> & Partial<ContainerSpec>,
): ContainerSpec {
  return {
    entrypoint: [],
    cmd: [],
    env: [],
    binds: [],
    volumesFrom: [],
    networkMode: 'host',
    privileged: false,
    restartPolicy: 'always',
    labels: buildNameLabel(fields.name),
    securityOpt: [],
    started: true,
    ...fields,
  };
}

/** The differences between the five containers of the Kubernetes image. */
export interface KubernetesComponent {
  readonly name: string;
  /** Complete except for `extra_args_array`. */
  readonly flags: FlagMap;
  readonly service: ServiceSpec;
  /** Computed binds; `extra_binds` are appended. */
  readonly binds: readonly string[];
  /** Complete, including `extra_env`. */
  readonly env: readonly string[];
}

/**
 * Builds a container of the Kubernetes image. A script in service-sidekick's volume starts the component; all arguments are
 * in the entrypoint (RKE cluster/plan.go).
 */
export function buildKubernetesContainer(
  context: HostContext,
  component: KubernetesComponent,
): ContainerSpec {
  const { name, flags, service, binds, env } = component;
  return buildLongLivedContainer({
    name,
    image: context.spec.systemImages['kubernetes'] ?? '',
    entrypoint: [findEntrypointScript(context), name, ...renderFlags(flags, service)],
    env,
    binds: trimAndDeduplicate([...adaptBinds(context, binds), ...(service.extraBinds ?? [])]),
    volumesFrom: [sidekickName],
    securityOpt: buildComponentSecurityOpt(context),
  });
}

/** Builds the bind of /etc/kubernetes. */
export function buildConfigBind({ prefixPath }: HostContext): string {
  return `${joinPrefix(prefixPath, '/etc/kubernetes')}:/etc/kubernetes:z`;
}

/**
 * Adapts binds to the Kubernetes version: from 1.22 on the RPM's policy does SELinux relabelling, so the option `z` is removed
 * (RKE util/util.go:53-83). Not for `extra_binds`.
 */
export function adaptBinds({ minor }: HostContext, binds: readonly string[]): string[] {
  return minor < 22 ? [...binds] : binds.map(removeRelabelOption);
}

/** Trims strings and keeps the first of each; empty ones are dropped (RKE cluster/plan.go:1283 getUniqStringList). */
export function trimAndDeduplicate(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
}

/** Builds the SELinux type of unprivileged containers (RKE services/services.go:132-157). */
export function buildTypeSecurityOpt({ facts, minor }: HostContext): string[] {
  return usesSelinux(facts) && minor >= 22 ? ['label=type:rke_container_t'] : [];
}

/** The same for service-sidekick and the users of its volume, which also share one level. */
export function buildComponentSecurityOpt(context: HostContext): string[] {
  return usesSelinux(context.facts) ? ['label=level:s0:c1000,c1001', ...buildTypeSecurityOpt(context)] : [];
}

function usesSelinux({ securityOptions }: HostFacts): boolean {
  return securityOptions.some((option) => option === 'selinux' || option === 'name=selinux');
}

/** Removes the option `z`. Everything after the last colon counts as options, the same as in RKE. */
function removeRelabelOption(bind: string): string {
  const colon = bind.lastIndexOf(':');
  const kept = bind
    .slice(colon + 1)
    .split(',')
    .filter((option) => option.toLowerCase() !== 'z');
  return kept.length === 0 ? bind.slice(0, colon) : `${bind.slice(0, colon)}:${kept.join(',')}`;
}
