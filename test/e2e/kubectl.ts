import { readFile } from 'node:fs/promises';
import type { LabNode } from '../lab/node.js';

/** Runs kubectl with the cluster's admin kubeconfig. @returns stdout @throws if it exits non-zero */
export type Kubectl = (args: readonly string[], input?: string) => Promise<string>;

/** @param node any node of the cluster: every node has kubectl in the kubelet's container */
export async function kubectlOn(node: LabNode, kubeconfig: string): Promise<Kubectl> {
  const file = '/tmp/admin-kubeconfig';
  const run = (command: readonly string[], input?: string): Promise<string> =>
    node.must(['docker', 'exec', '-i', 'kubelet', ...command], { input });
  await run(['sh', '-c', `umask 077; cat > ${file}`], await readFile(kubeconfig, 'utf8'));
  return (args, input) => run(['kubectl', '--kubeconfig', file, ...args], input);
}
