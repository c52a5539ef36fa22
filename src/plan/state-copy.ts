import { isRecord } from '../core/stable.js';
import type { KubeObject, ObjectRef } from './cluster-plan-types.js';

/** The name of object and data key under which a cluster keeps a copy of its state (RKE cluster/state.go). */
const copyName = 'full-cluster-state';

const at = (kind: string): ObjectRef => ({
  apiVersion: 'v1',
  kind,
  namespace: 'kube-system',
  name: copyName,
});

/** Where the copy is. */
export const stateCopyRef = at('Secret');
/** Where RKE had it before 1.4.19, 1.5.10 and 1.6.0; it is read, and goes when the Secret is written. */
export const oldStateCopyRef = at('ConfigMap');

/** What etcd and the API take in one Secret: 1 MiB of data. */
export const stateCopyLimit = 2 ** 20;

/** The copy of a state as Secret. @param text the state as compact JSON */
export function stateCopyObject(text: string): KubeObject {
  const { apiVersion, kind, namespace = '', name } = stateCopyRef;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace },
    type: 'Opaque',
    data: { [copyName]: Buffer.from(text, 'utf8').toString('base64') },
  };
}

/**
 * The state's text in a Secret or an old ConfigMap.
 *
 * @returns undefined where there is no object, or it does not hold one
 */
export function stateCopyText(object: KubeObject | undefined): string | undefined {
  const data = object?.['data'];
  const text = isRecord(data) ? data[copyName] : undefined;
  if (typeof text !== 'string') return undefined;
  return object?.kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
}
