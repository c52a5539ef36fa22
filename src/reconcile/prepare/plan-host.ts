import { docker } from './docker-parts.js';
import type { HostState } from './host-state.js';
import { kernelModules, swap, sysctl } from './kernel-parts.js';
import type { ByHand, HostPreparation, PrepareStep } from './prepare-step.js';
import type { SurveyedHost, Wanted } from './surveyed-host.js';

/**
 * Plans what is missing on a host, in the order in which it is done. What is there is not planned, so a step is done when it is no
 * longer planned. Docker that is there is not upgraded or restarted, and swap stays on while a kubelet runs: nothing that is planned
 * interrupts a node of a cluster.
 */
export function planHost(host: SurveyedHost, wanted: Wanted): HostPreparation {
  const parts = [
    ...kernelModules(host, wanted),
    // Before Docker, which sets them too when it starts, but not for the time before.
    ...sysctl(host),
    ...docker(host, wanted),
    ...swap(host),
  ];
  const steps = parts.filter(isStep);
  const byHand = parts.filter((part): part is ByHand => !isStep(part));
  if (steps.length === 0 || host.state.hasRoot) return { steps, byHand };
  return { steps: [], byHand: [withoutRoot(host.state, steps), ...byHand] };
}

const isStep = (part: PrepareStep | ByHand): part is PrepareStep => 'commands' in part;

function withoutRoot({ user }: HostState, steps: readonly PrepareStep[]): ByHand {
  return {
    part: 'root',
    message: `user ${user} is not root, and sudo needs a password or is not there`,
    why: `without root, rke prepare cannot ${steps.map(({ title }) => title).join(', ')}`,
    fix: `set \`user: root\` in cluster.yml, or run \`echo '${user} ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/90-rke\` as root on the host, then run \`rke prepare\` again`,
  };
}
