import { ipBytes, ipText } from '../../core/ip.js';
import type { NodeSpec, Taint } from '../cluster-spec.js';
import { addressFault } from './address-fault.js';
import { isLabelName } from './labels.js';
import { error, refusal, warning, type Finding, type Rule } from './rule.js';

/** Required keys of nodes (RKE cluster/validation.go validateHostsOptions), and unique addresses and names. */
export const nodeRules: Rule = ({ spec, config, lineOf }) => [
  ...spec.nodes.flatMap((node, index) => [
    ...checkNode(node, index),
    ...checkNodeName(node, `nodes[${index}]`, {
      isNamed: (config.nodes?.[index]?.hostnameOverride ?? '') !== '',
      isFromCloud:
        spec.cloudProvider?.name === 'external-aws' &&
        spec.cloudProvider['useInstanceMetadataHostname'] === true,
    }),
  ]),
  ...checkDuplicates(spec.nodes, 'address', ({ address }) => address, lineOf),
  ...checkDuplicates(spec.nodes, 'hostname_override', ({ hostnameOverride }) => hostnameOverride, lineOf),
  // RKE v1 does not check it, so clusters may run with duplicates.
  ...checkDuplicates(spec.nodes, 'internal_address', ({ internalAddress }) => internalAddress, lineOf).map(
    (finding) => ({ ...finding, severity: 'warning' as const }),
  ),
];

function checkNode(
  // Empty strings are absent from the resolved cluster.
  {
    address = '',
    user = '',
    role,
    port,
    labels = {},
    taints = [],
  }: Partial<NodeSpec> & Pick<NodeSpec, 'role' | 'port'>,
  index: number,
): Finding[] {
  const path = `nodes[${index}]`;
  const findings: Finding[] = [];
  if (address === '') findings.push(error('missing', path, 'address is required'));
  if (user === '')
    findings.push(
      error('missing', path, 'user is required: the SSH user, who must be allowed to use Docker'),
    );
  if (role.length === 0)
    findings.push(error('missing', path, 'role is required: one or more of controlplane, etcd, worker'));
  if (!isPort(port))
    findings.push(error('bad-port', `${path}.port`, `expected a port from 1 to 65535, got "${port}"`));
  for (const label of Object.keys(labels)) {
    if (!isLabelName(label))
      findings.push(
        error(
          'bad-label',
          `${path}.labels.${label}`,
          `invalid label name "${label}"; expected name or example.com/name`,
        ),
      );
  }
  return [...findings, ...checkTaints(taints, path)];
}

/** The name of a node is its hostname_override, by default its address. */
function checkNodeName(
  { address = '', hostnameOverride = '' }: Partial<NodeSpec>,
  path: string,
  { isNamed, isFromCloud }: { readonly isNamed: boolean; readonly isFromCloud: boolean },
): Finding[] {
  // An invalid address is reported by addressRules.
  if (address === '' || (!isNamed && addressFault(address, 'address') !== undefined)) return [];
  if (isNodeName(hostnameOverride))
    return isFromCloud ? [] : checkNameLength(hostnameOverride, path, isNamed);
  const message = `invalid node name "${hostnameOverride}"; expected only lower-case letters, digits, "-" and "."`;
  return isNamed
    ? [error('bad-name', `${path}.hostname_override`, message)]
    : [error('bad-name', `${path}.address`, `${message}; name the node with hostname_override`)];
}

/** The kubelet registers the node with its name in the label kubernetes.io/hostname; RKE v1 did not check it. */
function checkNameLength(name: string, path: string, isNamed: boolean): Finding[] {
  if (name.length <= longestName) return [];
  const message = `the node name "${name}" has ${name.length} characters; the kubelet registers at most ${longestName}`;
  return [
    isNamed
      ? refusal('bad-name', `${path}.hostname_override`, message, name)
      : refusal('bad-name', `${path}.address`, `${message}; name the node with hostname_override`, name),
  ];
}

/** The limit for label values. */
const longestName = 63;

/** RKE does not set reserved and duplicate taints (cluster/hosts.go). */
function checkTaints(taints: readonly Taint[], path: string): Finding[] {
  const seen = new Set<string>();
  return taints.flatMap(({ key = '', value = '', effect }: Partial<Taint>, index) => {
    // Missing keys and effects are reported by labelRules.
    if (key === '' || effect === undefined) return [];
    const where = `${path}.taints[${index}]`;
    const id = `${key}:${effect}`;
    const isReserved = [
      'node-role.kubernetes.io/controlplane:NoSchedule',
      'node-role.kubernetes.io/etcd:NoExecute',
    ].includes(id);
    if (isReserved)
      return [
        warning(
          'reserved-taint',
          where,
          `${key}=${value}:${effect} is set by the role; this taint is ignored`,
        ),
      ];
    if (seen.has(id))
      return [warning('duplicate-taint', where, `${id} is set twice; only the first one is used`)];
    seen.add(id);
    return [];
  });
}

/** RFC 1123, which Kubernetes requires for object names. */
function isNodeName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

function isPort(text: string): boolean {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function checkDuplicates(
  nodes: readonly NodeSpec[],
  key: 'address' | 'hostname_override' | 'internal_address',
  // Empty strings are absent.
  valueOf: (node: NodeSpec) => string | undefined,
  lineOf: (path: string) => number | undefined,
): Finding[] {
  const first = new Map<string, number>();
  return nodes.flatMap((node, index): Finding[] => {
    const value = valueOf(node) ?? '';
    const before = first.get(canonical(value));
    if (value === '' || before === undefined) {
      first.set(canonical(value), index);
      return [];
    }
    const path = `nodes[${index}].${key}`;
    // A duplicate address is reported itself, and explains the other duplicates.
    if (key !== 'address' && addressOf(nodes[before] ?? {}) === addressOf(node)) return [];
    const line = lineOf(`nodes[${before}].${key}`) ?? lineOf(`nodes[${before}]`);
    const other = nodes[before];
    const isSameString = other !== undefined && valueOf(other) === value;
    return [
      // RKE v1 compared strings.
      (isSameString ? error : refusal)(
        `duplicate-${key}`,
        path,
        `${value} is also the ${key} of nodes[${before}]${line === undefined ? '' : ` (line ${line})`}`,
      ),
    ];
  });
}

/** The address of a node in one spelling; empty if it has none. */
const addressOf = ({ address = '' }: Partial<NodeSpec>): string => canonical(address);

/** Addresses and names in one spelling. */
function canonical(host: string): string {
  const bytes = ipBytes(host);
  return bytes === undefined ? host.toLowerCase().replace(/\.$/, '') : ipText(bytes);
}

/** A cluster needs each role somewhere (RKE cluster/validation.go ValidateHostCount). */
export const roleRules: Rule = ({ spec: { nodes, services }, forChange }) => {
  if (nodes.length === 0) return [error('missing', 'nodes', 'a cluster needs at least one node')];
  const isExternal = (services.etcd.externalUrls ?? []).length > 0;
  const count = (role: string): number =>
    nodes.filter((node) => node.role.some((one) => one === role)).length;
  const findings: Finding[] = [];
  if (count('etcd') === 0 && !isExternal)
    findings.push(error('missing-role', 'nodes', 'no node has the role etcd'));
  // RKE v1 accepts such a file and waits for an API that never starts.
  if (count('controlplane') === 0)
    findings.push(
      (forChange ? error : warning)(
        'missing-role',
        'nodes',
        'no node has the role controlplane, so the cluster has no API',
      ),
    );
  if (count('worker') === 0)
    findings.push(
      warning('missing-role', 'nodes', 'no node has the role worker, so pods cannot be scheduled'),
    );
  const members = count('etcd');
  if (members > 0 && members % 2 === 0)
    findings.push(warning('even-etcd', 'nodes', describeEvenEtcd(members)));
  return findings;
};

/** An even number of members tolerates as many failures as one member less. */
function describeEvenEtcd(members: number): string {
  const tolerated = members / 2 - 1;
  const failures = tolerated === 0 ? 'no failure' : tolerated === 1 ? '1 failure' : `${tolerated} failures`;
  return `${members} etcd members tolerate ${failures}, the same as ${members - 1}; use an odd number`;
}
