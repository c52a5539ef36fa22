import { readFile } from 'node:fs/promises';
import type { LabNode } from '../lab/lab.js';

/** kubectl with the cluster's admin kubeconfig, run where every node has it: in the kubelet's container. */
export interface Kubectl {
  /** Runs it; gives stdout. @throws when it exits non-zero */
  (args: readonly string[], input?: string): Promise<string>;
}

/** @param node any node of the cluster; `kubeconfig` is what `rke up` wrote */
export async function kubectlOn(node: LabNode, kubeconfig: string): Promise<Kubectl> {
  const file = '/tmp/admin-kubeconfig';
  const run = async (command: readonly string[], input?: string): Promise<string> => {
    const { stdout, stderr, code } = await node.exec(['docker', 'exec', '-i', 'kubelet', ...command], {
      input,
    });
    if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code}: ${stderr}`);
    return stdout;
  };
  await run(['sh', '-c', `umask 077; cat > ${file}`], await readFile(kubeconfig, 'utf8'));
  return (args, input) => run(['kubectl', '--kubeconfig', file, ...args], input);
}
