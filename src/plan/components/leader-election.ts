import { parseGoDuration } from '../../core/go-duration.js';
import type { ContainerSpec, ObjectRef } from '../cluster-plan-types.js';
import { isImageAtLeast } from '../container/image-release.js';

type Component = Pick<ContainerSpec, 'name' | 'image' | 'entrypoint'>;

/**
 * Finds the Lease by which the processes of a component elect a leader. Before 1.20 another object decides, and a Lease at most
 * follows it.
 *
 * @returns undefined if there is no election, or if flags choose another object
 */
export function findLease({ name, image, entrypoint }: Component): ObjectRef | undefined {
  const isElected = readFlag('leader-elect', entrypoint) === 'true';
  const isChosen = entrypoint.some((argument) => argument.startsWith('--leader-elect-resource-'));
  if (!isElected || isChosen || !isImageAtLeast(image, '1.19.99')) return undefined;
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-system', name };
}

/**
 * Finds the seconds after which a new process is the leader at the latest: the lease of the old one expires, and two retries
 * with jitter pass (client-go leaderelection.go: at most 2.2 times the period).
 */
export function findElectionSeconds(entrypoint: readonly string[]): number {
  const lease = readDuration('leader-elect-lease-duration', entrypoint) ?? 15;
  const retry = readDuration('leader-elect-retry-period', entrypoint) ?? 2;
  return Math.ceil(lease + 2.2 * retry);
}

/** Reads a flag in Go's duration format (`1m30s`) as seconds; undefined if it is missing or invalid. */
function readDuration(flag: string, entrypoint: readonly string[]): number | undefined {
  return parseGoDuration(readFlag(flag, entrypoint) ?? '');
}

/** Reads a flag; the last one counts. */
function readFlag(flag: string, entrypoint: readonly string[]): string | undefined {
  const start = `--${flag}=`;
  return entrypoint.findLast((argument) => argument.startsWith(start))?.slice(start.length);
}
