import type { StateVersion } from '../../commands/state/list.js';

/** Versions of a state as rows of a table; the first row is the header. */
export function versionRows(versions: readonly StateVersion[]): string[][] {
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
