import type { DescribedPlan } from '../../commands/plan/describe-plan.js';
import { stepRow } from '../../commands/plan/describe-steps.js';
import { columns } from './columns.js';

/** A plan as text: a block for each host. */
export function planText({ cluster, kubernetesVersion, nodes, addons, encryption }: DescribedPlan): string {
  const blocks = nodes.map(({ address, hostname, role, containers, files, labels }) => {
    const head = `${hostname === address ? address : `${hostname} (${address})`}  ${role.join(', ')}\n`;
    const rows = containers.map(({ name, Image }) => [name, Image]);
    const counts = `${files.length} files, ${Object.keys(labels).length} labels\n`;
    return `${head}${columns(rows, '  ')}  ${counts}`;
  });
  const names = addons.map(({ name, objects }) => [name, `${objects.length} objects`]);
  return [
    `cluster ${cluster} · ${kubernetesVersion} · ${nodes.length} hosts\n`,
    ...blocks,
    `add-ons\n${columns(names, '  ')}`,
    ...(encryption.length === 0 ? [] : [`Secrets\n${columns(encryption.map(stepRow), '  ')}`]),
  ].join('\n');
}
