import { isRecord, stableStringify } from '../core/stable.js';
import type { KubeObject, ObjectRef } from './cluster-plan-types.js';

/** Name of the object, and of the key in its data, with the copy of the state in the cluster (RKE cluster/state.go). */
const copyName = 'full-cluster-state';

const copyRef = (kind: string): ObjectRef => ({
  apiVersion: 'v1',
  kind,
  namespace: 'kube-system',
  name: copyName,
});

/** The Secret with the copy. */
export const stateCopyRef = copyRef('Secret');
/** The ConfigMap of RKE before 1.4.19, 1.5.10 and 1.6.0. It is read, and deleted when the Secret is written. */
export const oldStateCopyRef = copyRef('ConfigMap');

/** Maximum size of the data of a Secret in bytes: 1 MiB. */
export const stateCopyLimit = 2 ** 20;

/** Encodes the copy as a Secret. @param text the state as compact JSON */
export function encodeStateCopy(text: string): KubeObject {
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
 * Decodes the text of the state from the Secret or an old ConfigMap.
 *
 * @returns undefined if there is no object, or no state in it
 */
export function decodeStateCopy(object: KubeObject | undefined): string | undefined {
  const data = object?.['data'];
  const text = isRecord(data) ? data[copyName] : undefined;
  if (typeof text !== 'string') return undefined;
  return object?.kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

/**
 * True if two copies describe the same cluster. Paths on the machine that ran rke are ignored: if several people manage a
 * cluster, each run would otherwise overwrite the copy of the other.
 *
 * @param one text of a state, or whatever was found instead
 */
export function isSameStateCopy(one: string | undefined, other: string): boolean {
  if (one === undefined || one === other) return one === other;
  try {
    return normalizeState(one) === normalizeState(other);
  } catch {
    return false; // The copy in the cluster is not JSON.
  }
}

/** Keys of paths on the machine that ran rke, at any depth of a state. */
const machinePaths: ReadonlySet<string> = new Set(['sshKeyPath', 'sshCertPath']);

function normalizeState(text: string): string {
  return stableStringify(
    JSON.parse(text, (name, member: unknown) => {
      if (machinePaths.has(name)) return undefined;
      // For other certificates this is a path on the hosts.
      return name === 'kube-admin' && isRecord(member) ? { ...member, configPath: undefined } : member;
    }),
  );
}
