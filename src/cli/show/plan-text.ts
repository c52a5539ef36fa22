import type { DescribedPlan } from '../../commands/plan/describe-plan.js';
import { formatStep } from '../../commands/plan/describe-steps.js';
import { formatColumns } from './columns.js';

/** Formats a plan as text, with a block for each host. */
export function formatPlan({ cluster, kubernetesVersion, nodes, addons, encryption }: DescribedPlan): string {
  const blocks = nodes.map(({ address, hostname, role, containers, files, labels }) => {
    const head = `${hostname === address ? address : `${hostname} (${address})`}  ${role.join(', ')}\n`;
    const rows = containers.map(({ name, Image }) => [name, Image]);
    const counts = `${files.length} files, ${Object.keys(labels).length} labels\n`;
    return `${head}${formatColumns(rows, '  ')}  ${counts}`;
  });
  const names = addons.map(({ name, objects }) => [name, `${objects.length} objects`]);
  return [
    `cluster ${cluster} · ${kubernetesVersion} · ${nodes.length} hosts\n`,
    ...blocks,
    `add-ons\n${formatColumns(names, '  ')}`,
    ...(encryption.length === 0 ? [] : [`Secrets\n${formatColumns(encryption.map(formatStep), '  ')}`]),
  ].join('\n');
}
