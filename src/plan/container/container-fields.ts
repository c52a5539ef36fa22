import type { ServiceSpec } from '../../config/cluster-spec.js';
import type { ContainerSpec } from '../cluster-plan-types.js';
import { renderFlags, type FlagMap } from './flags.js';
import type { HostContext, HostFacts } from '../host-context.js';
import { isImageAtLeast } from './image-release.js';
import { joinPrefix } from '../prefix-path.js';

export const sidekickName = 'service-sidekick';

/**
 * Where service-sidekick's volume puts the script that starts Kubernetes components: rke-tools before 0.1.13 had another folder. A
 * tag that is not a version counts as a new one (RKE cluster/cluster.go:1221-1238).
 */
function findEntrypointScript({ spec }: HostContext): string {
  const image = spec.systemImages['kubernetesServicesSidecar'] ?? '';
  return isImageAtLeast(image, '0.1.13') ? '/opt/rke-tools/entrypoint.sh' : '/opt/rke/entrypoint.sh';
}

/** The only label that RKE sets, on long-lived containers alone. */
export function buildNameLabel(name: string): Readonly<Record<string, string>> {
  return { 'io.rancher.rke.container.name': name };
}

/** What all long-lived containers of RKE share but for service-sidekick. */
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

/** What differs between the five containers of the Kubernetes image. */
export interface KubernetesComponent {
  readonly name: string;
  /** Complete but for `extra_args_array`. */
  readonly flags: FlagMap;
  readonly service: ServiceSpec;
  /** Computed binds; the user's come behind. */
  readonly binds: readonly string[];
  /** All of it, the user's included. */
  readonly env: readonly string[];
}

/**
 * A container of the Kubernetes image: rke-tools from service-sidekick's volume start the component, and everything
 * stands in the entrypoint (RKE cluster/plan.go).
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

/** The bind that gives a container the files under /etc/kubernetes. */
export function buildConfigBind({ prefixPath }: HostContext): string {
  return `${joinPrefix(prefixPath, '/etc/kubernetes')}:/etc/kubernetes:z`;
}

/**
 * Binds as this version has them: from Kubernetes 1.22 on SELinux relabelling (`z`) is left to the RPM's policy and the
 * option is taken off, others stay (RKE util/util.go:53-83). Not for the user's own binds.
 */
export function adaptBinds({ minor }: HostContext, binds: readonly string[]): string[] {
  return minor < 22 ? [...binds] : binds.map(removeRelabelOption);
}

/** Trimmed, each once, first come first; what is empty is dropped (RKE cluster/plan.go:1283 getUniqStringList). */
export function trimAndDeduplicate(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
}

/** SELinux type for containers of the host that are not privileged (RKE services/services.go:132-157). */
export function buildTypeSecurityOpt({ facts, minor }: HostContext): string[] {
  return usesSelinux(facts) && minor >= 22 ? ['label=type:rke_container_t'] : [];
}

/** The same for service-sidekick and those that use its volume: they share one level as well. */
export function buildComponentSecurityOpt(context: HostContext): string[] {
  return usesSelinux(context.facts) ? ['label=level:s0:c1000,c1001', ...buildTypeSecurityOpt(context)] : [];
}

function usesSelinux({ securityOptions }: HostFacts): boolean {
  return securityOptions.some((option) => option === 'selinux' || option === 'name=selinux');
}

/** What stands behind the last colon is taken for the options, as in RKE. */
function removeRelabelOption(bind: string): string {
  const colon = bind.lastIndexOf(':');
  const kept = bind
    .slice(colon + 1)
    .split(',')
    .filter((option) => option.toLowerCase() !== 'z');
  return kept.length === 0 ? bind.slice(0, colon) : `${bind.slice(0, colon)}:${kept.join(',')}`;
}
