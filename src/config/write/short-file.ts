import { quoteIfNeeded } from '../../yaml/block-yaml.js';
import { defaultChoice, madeChoice } from '../addons/addon-definitions.js';
import { addonKinds } from '../addons/chosen-addons.js';
import type { Role } from '../cluster-spec.js';

export interface ShortFile {
  readonly hosts: readonly { readonly address: string; readonly user: string; readonly port?: string }[];
  readonly kubernetesVersion: string;
  /** Private key; RKE's default unless given. */
  readonly sshKeyPath?: string | undefined;
}

/** A cluster.yml that says no more than it must, for people to go on with. */
export function shortFile({ hosts, kubernetesVersion, sshKeyPath }: ShortFile): string {
  const nodes = hosts.map(({ address, user, port }, index) => {
    const parts = [
      `address: ${inFlow(address)}`,
      ...(port === undefined || port === '22' ? [] : [`port: ${port}`]),
      `user: ${inFlow(user)}`,
      `role: [${rolesFor(index, hosts.length).join(', ')}]`,
    ];
    return `  - { ${parts.join(', ')} }`;
  });
  return [
    '# Made by rke config init. What is not here has its default: docs/cluster-yml.md lists all keys.',
    'nodes:',
    ...nodes,
    `kubernetes_version: ${kubernetesVersion}`,
    ...(['network', 'ingress'] as const).flatMap((kind) => choiceLine(kind, kubernetesVersion)),
    ...(sshKeyPath === undefined ? [] : [`ssh_key_path: ${quoteIfNeeded(sshKeyPath)}`]),
    '',
  ].join('\n');
}

/** Nothing if a cluster can be made with RKE's default. */
function choiceLine(kind: 'network' | 'ingress', kubernetesVersion: string): string[] {
  const choice = madeChoice(kind, kubernetesVersion);
  if (choice === defaultChoice(kind, kubernetesVersion)) return [];
  return [`${kind}: { ${addonKinds[kind].key}: ${choice} }`];
}

/**
 * Who does what: one etcd member, or three, because two bear no loss; small clusters let everyone work, larger ones keep
 * the first three free for the control plane.
 */
export function rolesFor(index: number, hosts: number): readonly Role[] {
  const heads = hosts < 3 ? 1 : 3;
  if (index >= heads) return ['worker'];
  return hosts < 6 ? ['controlplane', 'etcd', 'worker'] : ['controlplane', 'etcd'];
}

/** Commas and colons mean something between braces. */
function inFlow(text: string): string {
  return /[,:[\]{}]/.test(text) ? JSON.stringify(text) : quoteIfNeeded(text);
}
