import { listenerNames } from '../diff/listeners.js';
import type { ObservedCluster } from '../observed.js';
import type { Operation } from '../operations.js';
import { portsOf } from '../../core/ports.js';

/** A port that a container is about to listen on, and that somebody else holds. */
export interface PortConflict {
  readonly host: string;
  readonly container: string;
  readonly port: number;
}

/**
 * Finds out before anything is changed what would otherwise show as a container that restarts for ever: Docker does not
 * know of ports on the host's network, so it starts the container, and the program in it ends.
 */
export function portConflicts(operations: readonly Operation[], { hosts }: ObservedCluster): PortConflict[] {
  return operations.flatMap((operation) => {
    const { host = '' } = operation;
    if (operation.kind !== 'create-container') return [];
    const container = operation.container.name;
    const observed = hosts.get(host);
    // An earlier port check was broken off: its listeners hold the ports, and go before anything is started.
    if (observed?.leftovers.some((name) => listenerNames.includes(name)) === true) return [];
    // Whoever of the cluster holds a port now is stopped by this very operation.
    const freed = new Set((operation.insteadOf ?? []).flatMap(portsOf));
    const taken = portsOf(container).filter(
      (port) => observed?.listening.has(port) === true && !freed.has(port),
    );
    return taken.map((port) => ({ host, container, port }));
  });
}

/**
 * Ports that are listened on, from the text of /proc/net/tcp and tcp6 (proc(5): local address in hexadecimal, state 0A).
 */
export function listeningPorts(procNetTcp: string): Set<number> {
  const lines = procNetTcp.split('\n').map((line) => line.trim().split(/\s+/));
  const listening = lines.filter(([, , , state]) => state === '0A');
  return new Set(listening.map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16)));
}
