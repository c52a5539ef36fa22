import { isRecord } from '../core/stable.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import { describeOwner, parseOwner, type LockOwner } from './lock-owner.js';

/** The lock in the cluster. */
export const leaseRef: ObjectRef = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'kube-system',
  name: 'rke-lock',
};

/** A lease that was not renewed for so long is of a run that died. */
export const leaseSeconds = 45;
/** Well below the duration, so that one or two failed attempts do no harm. */
export const renewMilliseconds = 10_000;

const ownerAnnotation = 'rke.io/lock-owner';

/**
 * The lease as its owner writes it. `kubectl -n kube-system get lease rke-lock` prints the owner.
 *
 * @param before the lease that it replaces; its version is kept, so that the API refuses if another run was faster
 */
export function leaseObject(owner: LockOwner, now: number, before?: KubeObject): KubeObject {
  const { apiVersion, kind, name, namespace } = leaseRef;
  const metadata = before?.metadata ?? { name, ...(namespace === undefined ? {} : { namespace }) };
  return {
    apiVersion,
    kind,
    metadata: {
      ...metadata,
      annotations: { ...metadata.annotations, [ownerAnnotation]: JSON.stringify(owner) },
    },
    spec: {
      holderIdentity: describeOwner(owner),
      leaseDurationSeconds: leaseSeconds,
      acquireTime: microTime(Date.parse(owner.time)),
      renewTime: microTime(now),
    },
  };
}

/** undefined if the lease does not name its owner. */
export function leaseOwner({ metadata }: KubeObject): LockOwner | undefined {
  return parseOwner(metadata.annotations?.[ownerAnnotation] ?? '');
}

/** True if it has expired by the clock of this machine, which may differ from that of the owner. */
export function isExpired({ spec }: KubeObject, now: number): boolean {
  if (!isRecord(spec) || typeof spec['renewTime'] !== 'string') return true;
  const seconds = spec['leaseDurationSeconds'];
  const duration = typeof seconds === 'number' ? seconds : leaseSeconds;
  return Date.parse(spec['renewTime']) + duration * 1000 < now;
}

/** MicroTime of Kubernetes, which has six digits. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
