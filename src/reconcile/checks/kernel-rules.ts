import { findDefinition } from '../../config/addons/addon-definitions.js';
import { failed, ok, warning, type Verdict } from './check-result.js';
import type { CheckedHost, ClusterFacts } from './checked-host.js';
import { kernelParameters } from './facts-command.js';
import type { CheckFacts } from './facts.js';

/** The kubelet supports cgroup v2 since 1.19; v1 is in maintenance mode since 1.31 (KEP-4569). */
export function cgroup(
  { docker: { cgroupVersion } }: CheckedHost,
  { kubernetesMinor }: ClusterFacts,
): Verdict {
  if (cgroupVersion === '2' && kubernetesMinor < 19)
    return failed(
      `Kubernetes 1.${kubernetesMinor} does not support cgroup v2`,
      'boot the host with systemd.unified_cgroup_hierarchy=0, or use Kubernetes 1.19 or later',
    );
  if (cgroupVersion === '1' && kubernetesMinor >= 31)
    return warning(
      'cgroup v1 is in maintenance mode since Kubernetes 1.31',
      'plan to boot the host with systemd.unified_cgroup_hierarchy=1',
    );
  return ok(`cgroup v${cgroupVersion}`);
}

/** Kernel modules that the host needs and its kernel lacks; one of each inner list is enough. */
export function listMissingModules(
  host: CheckedHost,
  { network }: Pick<ClusterFacts, 'network'>,
): (readonly string[])[] {
  const { modules: known } = host.facts;
  const { plugin, options = {} } = network;
  const ofPlugin = findDefinition('network', plugin)?.kernelModules?.(options) ?? [];
  const wanted = [
    ['br_netfilter'],
    ['overlay'],
    ['ip_tables', 'nf_tables'],
    ['nf_nat'],
    ...ofPlugin.map((module) => [module]),
    ...(argumentOf(host, 'kube-proxy', 'proxy-mode') === 'ipvs' ? [['ip_vs']] : []),
  ];
  return wanted.filter((choice) => choice.every((module) => known.get(module) === false));
}

/** Checks kernel modules. */
export function modules(host: CheckedHost, cluster: ClusterFacts): Verdict | undefined {
  if (host.facts.modules.size === 0) return undefined;
  const missing = listMissingModules(host, cluster);
  if (missing.length === 0) return ok('the kernel has all modules that are needed');
  const names = missing.map((choice) => choice.join(' or ')).join(', ');
  return warning(
    `the kernel lacks modules: ${names}`,
    'install the modules of the running kernel (linux-modules-extra on Ubuntu, kernel-modules on RHEL)',
  );
}

/** Kernel parameters that are 0 and must be 1, as paths below /proc/sys. */
export function listOffParameters({ parameters }: Pick<CheckFacts, 'parameters'>): string[] {
  return kernelParameters.filter((name) => parameters?.get(name) === '0');
}

/**
 * Checks the kernel parameters without which packets of pods are not forwarded, or bypass the rules of Services. Only a warning: Docker
 * and network plugins set them too, and a running cluster shows whether they have.
 */
export function sysctl({ facts }: CheckedHost): Verdict | undefined {
  if (facts.parameters === undefined) return undefined;
  const off = listOffParameters(facts);
  if (off.length === 0) return ok('the kernel forwards the packets of pods');
  const names = off.map((name) => name.replaceAll('/', '.'));
  const lines = names.map((name) => `${name} = 1`).join('\\n');
  return warning(
    `the kernel parameter ${names.join(' and ')} is 0`,
    `run \`printf '${lines}\\n' | sudo tee /etc/sysctl.d/90-rke.conf && sudo sysctl --system\` on the host`,
  );
}

/** RKE starts the kubelet with --fail-swap-on=false unless cluster.yml overrides it. */
export function swap(host: CheckedHost): Verdict | undefined {
  const { swapKib } = host.facts;
  if (swapKib === undefined) return undefined;
  if (swapKib === 0) return ok('no swap');
  return argumentOf(host, 'kubelet', 'fail-swap-on') === 'true'
    ? warning(
        'swap is on, and fail-swap-on stops the kubelet',
        'turn swap off (`swapoff -a`, and remove its line from /etc/fstab), or set `fail_swap_on: false` in services.kubelet',
      )
    : ok('swap is on, and the kubelet accepts it');
}

/** The value that a component is started with: of several, the last one counts. */
function argumentOf({ containers }: CheckedHost, component: string, name: string): string | undefined {
  const container = containers.find((one) => one.name === component);
  const prefix = `--${name}=`;
  return [...(container?.entrypoint ?? []), ...(container?.cmd ?? [])]
    .findLast((argument) => argument.startsWith(prefix))
    ?.slice(prefix.length);
}
