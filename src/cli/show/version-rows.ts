import type { StateVersion } from '../../commands/state/list.js';

/** Converts the versions of a state to rows of a table with a header. */
export function toVersionRows(versions: readonly StateVersion[]): string[][] {
  const header = ['FILE', 'WRITTEN (UTC)', 'BYTES', 'ENCRYPTED', 'CLUSTER', 'VERSION', 'NODES', 'FAULT'];
  const rows = versions.map(
    ({ file, written, bytes, encrypted, cluster, kubernetesVersion, nodes, fault }) => [
      file,
      written.slice(0, 19).replace('T', ' '),
      String(bytes),
      encrypted === undefined ? '' : encrypted ? 'yes' : 'no',
      cluster ?? '',
      kubernetesVersion ?? '',
      nodes === undefined ? '' : String(nodes),
      fault ?? '',
    ],
  );
  return [header, ...rows];
}
