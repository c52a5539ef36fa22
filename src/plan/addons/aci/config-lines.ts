import type { AciSettings } from './aci-settings.js';

/** Lines of a JSON text that only some clusters have. */
export const when = (condition: boolean, ...lines: readonly string[]): readonly string[] =>
  condition ? lines : [];

/** A member with a string. */
export const quoted = (key: string, value: string): string => `"${key}": ${JSON.stringify(value)},`;

/** A member whose value is the text itself: a number or a boolean, which cluster.yml has as a string. */
export const plain = (key: string, value: string | number): string => `"${key}": ${value},`;

/** A list of strings on one line. */
export const list = (values: readonly string[]): string =>
  `[${values.map((value) => JSON.stringify(value)).join(',')}]`;

export const indented = (lines: readonly string[], blanks: number): string[] =>
  lines.map((line) => `${' '.repeat(blanks)}${line}`);

/** Endpoint group of pods in the namespaces that RKE and Istio have. */
const groups: Readonly<Record<string, string>> = {
  'aci-containers-system': 'system',
  'istio-operator': 'istio',
  'istio-system': 'istio',
  'kube-system': 'system',
  'cattle-system': 'system',
  'cattle-prometheus': 'system',
  'cattle-logging': 'system',
};

/** Where the endpoints of pods are in the fabric; the same for controller and host-agent, but for what stands between. */
export function endpointGroups(settings: AciSettings, between: readonly string[] = []): string[] {
  const entries = Object.entries(groups);
  return [
    '"default-endpoint-group": {',
    ...indented(endpointGroup(settings, 'default'), 4),
    '},',
    ...between,
    '"namespace-default-endpoint-group": {',
    ...entries.flatMap(([namespace, group], index) => [
      `    "${namespace}": {`,
      ...indented(endpointGroup(settings, group), 8),
      // RKE's template ends the list on the line of its last member.
      index === entries.length - 1 ? '    }        },' : '    },',
    ]),
  ];
}

function endpointGroup({ tenant, system }: AciSettings, group: string): string[] {
  return [
    quoted('policy-space', tenant),
    `"name": ${JSON.stringify(`aci-containers-${system}|aci-containers-${group}`)}`,
  ];
}
