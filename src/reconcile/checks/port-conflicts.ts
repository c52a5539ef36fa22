import { listenerNames } from '../diff/listeners.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation } from '../operations.js';
import { portsOf } from '../../core/ports.js';

/** A port that a planned container needs and that another program listens on. */
export interface PortConflict {
  readonly host: string;
  readonly container: string;
  readonly port: number;
}

/**
 * Finds ports in use before any change. Docker does not check ports of the host network: the container would start, fail to
 * listen and restart forever.
 */
export function portConflicts(operations: readonly Operation[], { hosts }: ObservedCluster): PortConflict[] {
  return operations.flatMap((operation) => {
    const { host = '' } = operation;
    if (operation.kind !== 'create-container') return [];
    const container = operation.container.name;
    const observed = hosts.get(host);
    // Listeners of an interrupted port check are removed before any container starts.
    if (observed?.leftovers.some((name) => listenerNames.includes(name)) === true) return [];
    // The operation itself stops these containers.
    const freed = new Set((operation.insteadOf ?? []).flatMap(portsOf));
    const taken = portsOf(container).filter(
      (port) => observed?.listening.has(port) === true && !freed.has(port),
    );
    return taken.map((port) => ({ host, container, port }));
  });
}

/**
 * TCP ports in state LISTEN, from /proc/net/tcp and tcp6 (proc(5): local address in hexadecimal, state 0A).
 */
export function listeningPorts(procNetTcp: string): Set<number> {
  const lines = procNetTcp.split('\n').map((line) => line.trim().split(/\s+/));
  const listening = lines.filter(([, , , state]) => state === '0A');
  return new Set(listening.map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16)));
}
