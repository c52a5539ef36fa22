import { checkReasons } from '../checks/check-reasons.js';
import { listMissingModules, listOffParameters, swap as swapVerdict } from '../checks/kernel-rules.js';
import { findDistribution } from './distributions.js';
import { installPackages } from './package-commands.js';
import type { PartPlan, SurveyedHost, Wanted } from './surveyed-host.js';

const sysctlFile = '/etc/sysctl.d/90-rke.conf';
const modulesFile = '/etc/modules-load.d/90-rke.conf';
const bridgeParameter = 'net/bridge/bridge-nf-call-iptables';

/** Installs kernel modules that the running kernel could have. */
export function kernelModules(
  { checked, state }: SurveyedHost,
  { cluster }: Pick<Wanted, 'cluster'>,
): PartPlan {
  const missing = listMissingModules(checked, cluster).map((choice) => choice.join(' or '));
  if (missing.length === 0) return [];
  const names = missing.join(', ');
  const why = checkReasons['kernel-modules'];
  const { manager, modulePackages } = findDistribution(state.os) ?? {};
  if (manager === undefined || modulePackages === undefined)
    return [
      {
        part: 'kernel-modules',
        message: `the kernel lacks modules: ${names}`,
        why,
        fix: 'install the full kernel of the distribution (not one for clouds or containers), and boot it',
      },
    ];
  return [
    {
      part: 'kernel-modules',
      title: `install kernel modules (${names})`,
      why,
      commands: installPackages(manager, modulePackages),
      check: 'the running kernel has the modules',
      limitSeconds: 600,
    },
  ];
}

/** Sets kernel parameters, now and for the next boot. Only files of rke are read again: others may have been overridden since. */
export function sysctl({ checked }: SurveyedHost): PartPlan {
  const off = listOffParameters(checked.facts);
  if (off.length === 0) return [];
  const names = off.map((name) => name.replaceAll('/', '.'));
  return [
    {
      part: 'sysctl',
      title: `set ${names.join(' and ')} to 1`,
      why: checkReasons.sysctl,
      commands: [
        // Set at boot, it has no effect before its module is loaded.
        ...(off.includes(bridgeParameter) ? [addLine('br_netfilter', modulesFile)] : []),
        ...names.map((name) => addLine(`${name} = 1`, sysctlFile)),
        `sysctl -q -p ${sysctlFile}`,
      ],
      check: names.map((name) => `${name} is 1`).join(', '),
      limitSeconds: 30,
    },
  ];
}

const addLine = (line: string, file: string): string =>
  `grep -qsx '${line}' ${file} || echo '${line}' >>${file}`;

/** Turns swap off if the kubelet is told to refuse it. */
export function swap({ checked, state }: SurveyedHost): PartPlan {
  const verdict = swapVerdict(checked);
  if (verdict === undefined || verdict.status === 'ok') return [];
  const why = checkReasons.swap;
  if (state.running.has('kubelet'))
    return [
      {
        part: 'swap',
        message: 'swap is on, and a kubelet runs: its pods may be in the swap',
        why,
        fix: 'drain the node (`kubectl drain NODE --ignore-daemonsets`), run `sudo swapoff -a`, remove swap from /etc/fstab and `kubectl uncordon NODE`, or set `fail_swap_on: false` in services.kubelet',
      },
    ];
  return [
    {
      part: 'swap',
      title: 'turn swap off, and comment it out in /etc/fstab',
      why,
      commands: [
        '[ ! -e /etc/fstab ] || [ -e /etc/fstab.before-rke ] || cp -p /etc/fstab /etc/fstab.before-rke',
        String.raw`[ ! -e /etc/fstab ] || sed -i -E "s/^([^#[:space:]]+[[:space:]]+[^[:space:]]+[[:space:]]+swap[[:space:]])/#\1/" /etc/fstab`,
        'swapoff -a',
      ],
      check: 'no swap is in use',
      limitSeconds: 300,
    },
  ];
}
