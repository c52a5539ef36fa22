import { isRecord, stableStringify } from '../core/stable.js';
import type { KubeObject, ObjectRef } from './cluster-plan-types.js';

/** The name of object and data key under which a cluster keeps a copy of its state (RKE cluster/state.go). */
const copyName = 'full-cluster-state';

const copyRef = (kind: string): ObjectRef => ({
  apiVersion: 'v1',
  kind,
  namespace: 'kube-system',
  name: copyName,
});

/** Where the copy is. */
export const stateCopyRef = copyRef('Secret');
/** Where RKE had it before 1.4.19, 1.5.10 and 1.6.0; it is read, and goes when the Secret is written. */
export const oldStateCopyRef = copyRef('ConfigMap');

/** What etcd and the API take in one Secret: 1 MiB of data. */
export const stateCopyLimit = 2 ** 20;

/** The copy of a state as Secret. @param text the state as compact JSON */
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
 * The state's text in a Secret or an old ConfigMap.
 *
 * @returns undefined where there is no object, or it does not hold one
 */
export function decodeStateCopy(object: KubeObject | undefined): string | undefined {
  const data = object?.['data'];
  const text = isRecord(data) ? data[copyName] : undefined;
  if (typeof text !== 'string') return undefined;
  return object?.kind === 'Secret' ? Buffer.from(text, 'base64').toString('utf8') : text;
}

/**
 * Do two copies say the same of the cluster. Paths on the machine of whoever ran rke do not count: where several people
 * look after a cluster, each of their runs would write the other's over.
 *
 * @param one text of a state, or what was found in its place
 */
export function isSameStateCopy(one: string | undefined, other: string): boolean {
  if (one === undefined || one === other) return one === other;
  try {
    return normalizeState(one) === normalizeState(other);
  } catch {
    return false; // Found in the cluster, and no JSON.
  }
}

/** Paths of the machine, wherever they stand in a state. */
const machinePaths: ReadonlySet<string> = new Set(['sshKeyPath', 'sshCertPath']);

function normalizeState(text: string): string {
  return stableStringify(
    JSON.parse(text, (name, member: unknown) => {
      if (machinePaths.has(name)) return undefined;
      // For the other certificates this is a path on the hosts.
      return name === 'kube-admin' && isRecord(member) ? { ...member, configPath: undefined } : member;
    }),
  );
}
