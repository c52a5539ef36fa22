import { recordAt, listAt, textAt, type Fields } from '../../core/fields.js';
import { hash, stableStringify } from '../../core/stable.js';
import type { KubeObject } from '../cluster-plan-types.js';

/** On the pods of a workload: digest of the ConfigMaps and Secrets of the add-on that they read. */
export const configHashAnnotation = 'rke.cattle.io/config-hash';

const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);

/**
 * The objects of an add-on as they are applied: workloads that read ConfigMaps or Secrets of the same add-on carry a digest of
 * them, so that another configuration means new pods. Without it an add-on would be available while every pod still has the old
 * one, and a configuration that no pod can read would show at some later restart.
 */
export function withConfigHashes(objects: readonly KubeObject[]): KubeObject[] {
  return objects.map((object) => {
    if (!workloadKinds.has(object.kind)) return object;
    const read = readBy(object, objects);
    return read.length === 0 ? object : annotated(object, hash('sha256', stableStringify(read)));
  });
}

/** Contents of what the pods of a workload mount or have in their environment, in the order of the add-on's objects. */
function readBy(workload: KubeObject, objects: readonly KubeObject[]): unknown[] {
  const names = namesReadBy(recordAt(templateOf(workload), 'spec'));
  return objects
    .filter(
      ({ kind, metadata }) =>
        metadata.namespace === workload.metadata.namespace && names.has(`${kind} ${metadata.name}`),
    )
    .map(({ kind, metadata: { name }, data, binaryData, stringData }) => [
      kind,
      name,
      data,
      binaryData,
      stringData,
    ]);
}

/** `ConfigMap NAME` and `Secret NAME` of everything that a pod refers to. */
function namesReadBy(pod: Fields): ReadonlySet<string> {
  const volumes = listAt(pod, 'volumes');
  const containers = [...listAt(pod, 'initContainers'), ...listAt(pod, 'containers')];
  const variables = containers.flatMap((container) => listAt(container, 'env'));
  const sources = [
    ...volumes,
    ...volumes.flatMap((volume) => listAt(recordAt(volume, 'projected'), 'sources')),
    ...containers.flatMap((container) => listAt(container, 'envFrom')),
    ...variables.map((variable) => recordAt(variable, 'valueFrom')),
  ];
  return new Set(
    sources.flatMap((source) =>
      Object.entries(referenceKinds).flatMap(([member, kind]) => {
        const reference = recordAt(source, member);
        // The volume of a Secret is the only reference that calls the name otherwise.
        const name = textAt(reference, 'name') || textAt(reference, 'secretName');
        return name === '' ? [] : [`${kind} ${name}`];
      }),
    ),
  );
}

/** Kinds by the member that refers to one: in a volume, in `envFrom`, in `valueFrom`. */
const referenceKinds = {
  configMap: 'ConfigMap',
  configMapRef: 'ConfigMap',
  configMapKeyRef: 'ConfigMap',
  secret: 'Secret',
  secretRef: 'Secret',
  secretKeyRef: 'Secret',
} as const;

function annotated(workload: KubeObject, digest: string): KubeObject {
  const template = templateOf(workload);
  const metadata = recordAt(template, 'metadata');
  const annotations = { ...recordAt(metadata, 'annotations'), [configHashAnnotation]: digest };
  return {
    ...workload,
    spec: {
      ...recordAt(workload, 'spec'),
      template: { ...template, metadata: { ...metadata, annotations } },
    },
  };
}

function templateOf(workload: KubeObject): Fields {
  return recordAt(recordAt(workload, 'spec'), 'template');
}
