import { recordAt, listAt, textAt, type Fields } from '../../core/fields.js';
import { hash, stableStringify } from '../../core/stable.js';
import type { KubeObject } from '../cluster-plan-types.js';

/** On the pods of a workload: digest of the ConfigMaps and Secrets of the add-on that they mount. */
export const configHashAnnotation = 'rke.cattle.io/config-hash';

const workloadKinds: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'StatefulSet']);

/**
 * The objects of an add-on as they are applied: workloads that mount ConfigMaps or Secrets of the same add-on carry a digest of
 * them, so that another configuration means new pods. Without it an add-on would be available while every pod still has the
 * old one, and a configuration that no pod can read would show at some later restart.
 */
export function withConfigHashes(objects: readonly KubeObject[]): KubeObject[] {
  return objects.map((object) => {
    if (!workloadKinds.has(object.kind)) return object;
    const mounted = mountedBy(object, objects);
    return mounted.length === 0 ? object : annotated(object, hash('sha256', stableStringify(mounted)));
  });
}

/** Contents of what the pods of a workload mount, in the order of the add-on's objects. */
function mountedBy(workload: KubeObject, objects: readonly KubeObject[]): unknown[] {
  const volumes = listAt(recordAt(templateOf(workload), 'spec'), 'volumes');
  const sources = volumes.flatMap((volume) => [volume, ...listAt(recordAt(volume, 'projected'), 'sources')]);
  const isMounted = ({ kind, metadata }: KubeObject): boolean =>
    metadata.namespace === workload.metadata.namespace &&
    sources.some((source) => {
      if (kind === 'ConfigMap') return textAt(recordAt(source, 'configMap'), 'name') === metadata.name;
      const secret = recordAt(source, 'secret');
      return kind === 'Secret' && [secret['secretName'], secret['name']].includes(metadata.name);
    });
  return objects
    .filter(isMounted)
    .map(({ kind, metadata: { name }, data, binaryData, stringData }) => [
      kind,
      name,
      data,
      binaryData,
      stringData,
    ]);
}

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
