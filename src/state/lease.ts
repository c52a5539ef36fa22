import { isRecord } from '../core/stable.js';
import type { KubeObject, ObjectRef } from '../plan/cluster-plan-types.js';
import { describeOwner, parseOwner, type LockOwner } from './lock-owner.js';

/** Where a cluster says that it is being worked on. */
export const leaseRef: ObjectRef = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  namespace: 'kube-system',
  name: 'rke-lock',
};

/** A lease that was not renewed for so long is that of a run which died. */
export const leaseSeconds = 45;
/** Well below it, so that one or two failed attempts do no harm. */
export const renewMilliseconds = 10_000;

const ownerAnnotation = 'rke.io/lock-owner';

/**
 * The lease as its owner writes it. `kubectl -n kube-system get lease rke-lock` shows who it is.
 *
 * @param before the lease whose place it takes; it keeps the version, so that the API refuses where another was faster
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

/** undefined where the lease does not say it. */
export function leaseOwner({ metadata }: KubeObject): LockOwner | undefined {
  return parseOwner(metadata.annotations?.[ownerAnnotation] ?? '');
}

/** By this machine's clock, which may be another than that of the owner's. */
export function isExpired({ spec }: KubeObject, now: number): boolean {
  if (!isRecord(spec) || typeof spec['renewTime'] !== 'string') return true;
  const seconds = spec['leaseDurationSeconds'];
  const duration = typeof seconds === 'number' ? seconds : leaseSeconds;
  return Date.parse(spec['renewTime']) + duration * 1000 < now;
}

/** Kubernetes' MicroTime, which wants six digits. */
function microTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace('Z', '000Z');
}
