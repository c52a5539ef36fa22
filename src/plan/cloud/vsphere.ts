import { sortedEntries } from '../../core/stable.js';

/** One section: its values by name. */
type Block = Readonly<Record<string, string | number | boolean>>;

/** Settings of the vSphere provider, in the layout of RKE's template (templates/vsphere.go). */
export function vsphereConfig(provider: Readonly<Record<string, unknown>>): string {
  const block = (name: string): Block => (provider[name] ?? {}) as Block;
  const centers = sortedEntries((provider['virtualCenter'] ?? {}) as Record<string, Block>);
  return [
    '',
    '[Global]',
    ...global(block('global')),
    '',
    ...centers.flatMap(([name, center]) => ['', `[VirtualCenter "${name}"]`, ...virtualCenter(center)]),
    '',
    // Go's template leaves one empty line more if it has nothing to repeat.
    ...(centers.length === 0 ? [''] : []),
    '[Workspace]',
    ...workspace(block('workspace')),
    '',
    '[Disk]',
    ...optional(block('disk'), 'scsicontrollertype', (value) => `${indent}scsicontrollertype = ${value}`),
    '',
    '[Network]',
    ...optional(block('network'), 'public-network', (value) => `${indent}public-network = "${value}"`),
    '',
  ].join('\n');
}

const indent = ' '.repeat(8);
const text = (block: Block, name: string): string => String(block[name] ?? '');
const always = (block: Block, name: string): string => `${name} = "${text(block, name)}"`;

function optional(block: Block, name: string, line = (value: string) => `${name} = "${value}"`): string[] {
  const value = text(block, name);
  return value === '' ? [] : [line(value)];
}

const roundTrips = (block: Block): string =>
  `soap-roundtrip-count = "${String(block['soap-roundtrip-count'] ?? 0)}"`;

function global(block: Block): string[] {
  return [
    always(block, 'user'),
    always(block, 'password'),
    ...optional(block, 'server'),
    ...optional(block, 'port'),
    `insecure-flag = "${String(block['insecure-flag'] ?? false)}"`,
    ...optional(block, 'datacenters'),
    ...optional(block, 'datacenter'),
    ...optional(block, 'datastore'),
    ...optional(block, 'working-dir'),
    roundTrips(block),
    ...optional(block, 'vm-uuid'),
    ...optional(block, 'vm-name'),
  ];
}

function virtualCenter(block: Block): string[] {
  return [
    always(block, 'user'),
    always(block, 'password'),
    ...optional(block, 'port'),
    ...optional(block, 'datacenters'),
    roundTrips(block),
  ].map((line) => `${indent}${line}`);
}

function workspace(block: Block): string[] {
  return ['server', 'datacenter', 'folder', 'default-datastore', 'resourcepool-path'].map(
    (name) => `${indent}${always(block, name)}`,
  );
}
