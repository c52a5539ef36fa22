import { ipBytes, ipText } from '../../core/ip.js';
import type { NodeSpec, Taint } from '../cluster-spec.js';
import { addressFault } from './address-fault.js';
import { isLabelName } from './labels.js';
import { error, refusal, warning, type Finding, type Rule } from './rule.js';

/** What every node needs (RKE cluster/validation.go validateHostsOptions), and names that exist once. */
export const nodeRules: Rule = ({ spec, config, lineOf }) => [
  ...spec.nodes.flatMap((node, index) => [
    ...nodeFindings(node, index),
    ...nameFindings(node, `nodes[${index}]`, {
      isNamed: (config.nodes?.[index]?.hostnameOverride ?? '') !== '',
      isFromCloud:
        spec.cloudProvider?.name === 'external-aws' &&
        spec.cloudProvider['useInstanceMetadataHostname'] === true,
    }),
  ]),
  ...repeated(spec.nodes, 'address', ({ address }) => address, lineOf),
  ...repeated(spec.nodes, 'hostname_override', ({ hostnameOverride }) => hostnameOverride, lineOf),
  // RKE does not look at these, and a cluster of one node may live with it.
  ...repeated(spec.nodes, 'internal_address', ({ internalAddress }) => internalAddress, lineOf).map(
    (finding) => ({ ...finding, severity: 'warning' as const }),
  ),
];

function nodeFindings(
  // An empty text leaves no trace in the resolved cluster.
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
  if (address === '') findings.push(error('missing', path, 'a node needs an address'));
  if (user === '')
    findings.push(error('missing', path, 'a node needs a user, who logs in by SSH and may use Docker'));
  if (role.length === 0)
    findings.push(error('missing', path, 'a node needs a role: controlplane, etcd or worker, or several'));
  if (!isPort(port)) findings.push(error('bad-port', `${path}.port`, `"${port}" is not a port (1 to 65535)`));
  for (const label of Object.keys(labels)) {
    if (!isLabelName(label))
      findings.push(
        error('bad-label', `${path}.labels.${label}`, `"${label}" cannot be the name of a label`),
      );
  }
  return [...findings, ...taintFindings(taints, path)];
}

/** Without a name of its own, a node has its address for one. */
function nameFindings(
  { address = '', hostnameOverride = '' }: Partial<NodeSpec>,
  path: string,
  { isNamed, isFromCloud }: { readonly isNamed: boolean; readonly isFromCloud: boolean },
): Finding[] {
  // What is no address is told by the rule on addresses.
  if (address === '' || (!isNamed && addressFault(address, 'address') !== undefined)) return [];
  if (isNodeName(hostnameOverride)) return isFromCloud ? [] : lengthFindings(hostnameOverride, path, isNamed);
  const why = `"${hostnameOverride}" cannot be the name of a node: small letters, digits, "-" and "." only`;
  return isNamed
    ? [error('bad-name', `${path}.hostname_override`, why)]
    : [error('bad-name', `${path}.address`, `${why}; name the node with hostname_override`)];
}

/** The kubelet registers the node with its name in the label kubernetes.io/hostname; RKE did not look. */
function lengthFindings(name: string, path: string, isNamed: boolean): Finding[] {
  if (name.length <= longestName) return [];
  const why = `"${name}" has ${name.length} characters; the kubelet cannot register a node whose name has more than ${longestName}`;
  return [
    isNamed
      ? refusal('bad-name', `${path}.hostname_override`, why, name)
      : refusal('bad-name', `${path}.address`, `${why}; name the node with hostname_override`, name),
  ];
}

/** Longest value of a label. */
const longestName = 63;

/** RKE leaves such taints out of what it sets (cluster/hosts.go). */
function taintFindings(taints: readonly Taint[], path: string): Finding[] {
  const seen = new Set<string>();
  return taints.flatMap(({ key = '', value = '', effect }: Partial<Taint>, index) => {
    // What is missing is reported by the rule on labels.
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
          `${key}=${value}:${effect} comes with the role; this one is left out`,
        ),
      ];
    if (seen.has(id)) return [warning('duplicate-taint', where, `${id} is set twice; the first one counts`)];
    seen.add(id);
    return [];
  });
}

/** RFC 1123, as Kubernetes wants it of object names. */
function isNodeName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

function isPort(text: string): boolean {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function repeated(
  nodes: readonly NodeSpec[],
  key: 'address' | 'hostname_override' | 'internal_address',
  // An empty text leaves no trace.
  of: (node: NodeSpec) => string | undefined,
  lineOf: (path: string) => number | undefined,
): Finding[] {
  const first = new Map<string, number>();
  return nodes.flatMap((node, index): Finding[] => {
    const value = of(node) ?? '';
    const before = first.get(canonical(value));
    if (value === '' || before === undefined) {
      first.set(canonical(value), index);
      return [];
    }
    const path = `nodes[${index}].${key}`;
    // Where the addresses are the same, that is told, and most often all there is to tell.
    if (key !== 'address' && canonical(nodes[before]?.address ?? '') === canonical(node.address)) return [];
    const line = lineOf(`nodes[${before}].${key}`) ?? lineOf(`nodes[${before}]`);
    const other = nodes[before];
    const isSameText = other !== undefined && of(other) === value;
    return [
      // RKE compared texts.
      (isSameText ? error : refusal)(
        `duplicate-${key}`,
        path,
        `${value} is also the ${key} of nodes[${before}]${line === undefined ? '' : ` (line ${line})`}`,
      ),
    ];
  });
}

/** One spelling of each address and name. */
function canonical(host: string): string {
  const bytes = ipBytes(host);
  return bytes === undefined ? host.toLowerCase().replace(/\.$/, '') : ipText(bytes);
}

/** A cluster needs each role somewhere (RKE cluster/validation.go ValidateHostCount). */
export const roleRules: Rule = ({ spec: { nodes, services } }) => {
  if (nodes.length === 0) return [error('missing', 'nodes', 'a cluster needs nodes')];
  const isExternal = (services.etcd.externalUrls ?? []).length > 0;
  const count = (role: string): number =>
    nodes.filter((node) => node.role.some((held) => held === role)).length;
  const findings: Finding[] = [];
  if (count('etcd') === 0 && !isExternal)
    findings.push(error('missing-role', 'nodes', 'no node has the role etcd'));
  // RKE takes such a file, and then waits for an API that never comes; `up` refuses it.
  if (count('controlplane') === 0)
    findings.push(
      warning('missing-role', 'nodes', 'no node has the role controlplane: no API, and so no cluster'),
    );
  if (count('worker') === 0)
    findings.push(warning('missing-role', 'nodes', 'no node has the role worker: pods will find no place'));
  const members = count('etcd');
  if (members > 0 && members % 2 === 0) findings.push(warning('even-etcd', 'nodes', evenEtcd(members)));
  return findings;
};

/** A majority of an even number leaves room for no more failures than one member less does. */
function evenEtcd(members: number): string {
  const tolerated = members / 2 - 1;
  const failures = tolerated === 0 ? 'no failure' : tolerated === 1 ? '1 failure' : `${tolerated} failures`;
  return `${members} etcd members tolerate ${failures}, the same as ${members - 1}; use an odd number`;
}
