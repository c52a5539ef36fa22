import type { ListedNode } from '../../commands/node/list-nodes.js';

/** Converts nodes to rows of a table with a header. @param now in milliseconds since 1970 */
export function toNodeRows(nodes: readonly ListedNode[], now: number): string[][] {
  const header = ['NAME', 'ADDRESS', 'ROLES', 'VERSION', 'READY', 'SINCE', 'NOTE'];
  const rows = nodes.map(({ name, address = '', roles, version, ready, since, cordoned, state }) => [
    name,
    address,
    roles.join(','),
    version ?? '-',
    version === undefined ? '-' : ready ? 'yes' : 'no',
    since === undefined ? '-' : formatAge(now - Date.parse(since)),
    [...(cordoned ? ['cordoned'] : []), ...notes[state]].join('; '),
  ]);
  return [header, ...rows];
}

const notes: Readonly<Record<ListedNode['state'], readonly string[]>> = {
  'in-cluster': [],
  'to-add': ['not in the cluster; rke up adds it'],
  'to-remove': ['left cluster.yml; rke up removes it'],
  unknown: ['not in cluster.yml'],
};

const units: readonly (readonly [name: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['m', 60],
];

/** The age in its largest unit, e.g. `3d`, the same as kubectl. */
function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const unit = units.find(([, size]) => seconds >= size);
  return unit === undefined ? `${seconds}s` : `${Math.floor(seconds / unit[1])}${unit[0]}`;
}
