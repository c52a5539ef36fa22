import { sortedEntries } from '../../core/stable.js';

/** The values of one section by name. */
type Block = Readonly<Record<string, string | number | boolean>>;

/** Renders the settings of the vSphere provider in the layout of RKE's template (templates/vsphere.go). */
export function renderVsphereConfig(provider: Readonly<Record<string, unknown>>): string {
  const block = (name: string): Block => (provider[name] ?? {}) as Block;
  const centers = sortedEntries((provider['virtualCenter'] ?? {}) as Record<string, Block>);
  return [
    '',
    '[Global]',
    ...globalLines(block('global')),
    '',
    ...centers.flatMap(([name, center]) => ['', `[VirtualCenter "${name}"]`, ...virtualCenterLines(center)]),
    '',
    // Go's template leaves one more empty line if the list is empty.
    ...(centers.length === 0 ? [''] : []),
    '[Workspace]',
    ...workspaceLines(block('workspace')),
    '',
    '[Disk]',
    ...optionalLine(block('disk'), 'scsicontrollertype', (value) => `${indent}scsicontrollertype = ${value}`),
    '',
    '[Network]',
    ...optionalLine(block('network'), 'public-network', (value) => `${indent}public-network = "${value}"`),
    '',
  ].join('\n');
}

const indent = ' '.repeat(8);
const text = (block: Block, name: string): string => String(block[name] ?? '');
const requiredLine = (block: Block, name: string): string => `${name} = "${text(block, name)}"`;

function optionalLine(
  block: Block,
  name: string,
  line = (value: string) => `${name} = "${value}"`,
): string[] {
  const value = text(block, name);
  return value === '' ? [] : [line(value)];
}

const roundTripsLine = (block: Block): string =>
  `soap-roundtrip-count = "${String(block['soap-roundtrip-count'] ?? 0)}"`;

function globalLines(block: Block): string[] {
  return [
    requiredLine(block, 'user'),
    requiredLine(block, 'password'),
    ...optionalLine(block, 'server'),
    ...optionalLine(block, 'port'),
    `insecure-flag = "${String(block['insecure-flag'] ?? false)}"`,
    ...optionalLine(block, 'datacenters'),
    ...optionalLine(block, 'datacenter'),
    ...optionalLine(block, 'datastore'),
    ...optionalLine(block, 'working-dir'),
    roundTripsLine(block),
    ...optionalLine(block, 'vm-uuid'),
    ...optionalLine(block, 'vm-name'),
  ];
}

function virtualCenterLines(block: Block): string[] {
  return [
    requiredLine(block, 'user'),
    requiredLine(block, 'password'),
    ...optionalLine(block, 'port'),
    ...optionalLine(block, 'datacenters'),
    roundTripsLine(block),
  ].map((line) => `${indent}${line}`);
}

function workspaceLines(block: Block): string[] {
  return ['server', 'datacenter', 'folder', 'default-datastore', 'resourcepool-path'].map(
    (name) => `${indent}${requiredLine(block, name)}`,
  );
}
