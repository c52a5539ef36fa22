import { parseYaml } from '../../yaml/parse-yaml.js';
import type { YamlNode } from '../../yaml/yaml-node.js';
import type { AddonPlan, ObjectRef } from '../cluster-plan-types.js';

const namespace = 'kube-system';

/** Where RKE keeps the manifest of an add-on, under the add-on's own name (k8s/configmap.go, addons/addons.go). */
export const manifestRef = (addon: string): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name: addon,
});

/**
 * What RKE leaves of a deployment: the Job that ran `kubectl apply`, and the manifest that it applied. RKE compares with both,
 * so while they are there it takes the add-on for what it applied itself and does not undo what was changed since.
 */
export const deploymentRefs = (addon: string): ObjectRef[] => [
  { apiVersion: 'batch/v1', kind: 'Job', namespace, name: `${addon}-deploy-job` },
  manifestRef(addon),
];

/** An add-on that only RKE can make, with the workload by which it is seen whether RKE has. */
export function deployedByRke(name: string, workload?: ObjectRef): AddonPlan {
  return { name, objects: [], awaits: workload === undefined ? [] : [workload] };
}

/**
 * Lists the objects of a manifest of RKE. One without a namespace is in kube-system, where `kubectl apply` ran; for a
 * cluster-scoped kind the namespace is ignored.
 *
 * @returns undefined if the text is not such a manifest
 */
export function manifestObjects(text: string): ObjectRef[] | undefined {
  const refs: ObjectRef[] = [];
  for (const document of text.split(/^---(?=\s|$)/m)) {
    const parsed = parseYaml(document, 'last');
    if (!parsed.ok) return undefined;
    if (parsed.value !== undefined) refs.push(...objectsOf(parsed.value));
  }
  return refs;
}

function objectsOf(node: YamlNode): ObjectRef[] {
  const items = memberOf(node, 'items');
  if (/List$/.test(textOf(memberOf(node, 'kind'))) && items?.kind === 'list')
    return items.items.flatMap(objectsOf);
  const metadata = memberOf(node, 'metadata');
  const apiVersion = textOf(memberOf(node, 'apiVersion'));
  const kind = textOf(memberOf(node, 'kind'));
  const name = textOf(memberOf(metadata, 'name'));
  const given = textOf(memberOf(metadata, 'namespace'));
  if (apiVersion === '' || kind === '' || name === '') return [];
  return [{ apiVersion, kind, namespace: given === '' ? namespace : given, name }];
}

function memberOf(node: YamlNode | undefined, key: string): YamlNode | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}

function textOf(node: YamlNode | undefined): string {
  return node?.kind === 'scalar' ? node.text : '';
}
