import { RkeError } from '../../core/errors.js';
import { decodeState } from '../../state/codec.js';
import { nodeFileSystem } from '../../state/file-system.js';
import type { FileStore } from '../../state/file-store.js';

/** One file that holds a state, or should. */
export interface StateVersion extends Content {
  readonly file: string;
  /** RFC 3339. */
  readonly written: string;
  readonly bytes: number;
}

interface Content {
  readonly encrypted?: boolean;
  readonly cluster?: string;
  readonly kubernetesVersion?: string;
  readonly nodes?: number;
  /** Code of what is wrong with it. */
  readonly fault?: string;
}

async function contentOf(store: FileStore, path: string): Promise<Content> {
  try {
    const stored = await store.read(path);
    const { rkeConfig } = decodeState(stored?.text ?? '', path).desiredState;
    return {
      encrypted: stored?.isSealed === true,
      ...(rkeConfig === undefined
        ? {}
        : {
            cluster: rkeConfig.clusterName,
            kubernetesVersion: rkeConfig.kubernetesVersion,
            nodes: rkeConfig.nodes.length,
          }),
    };
  } catch (error) {
    if (error instanceof RkeError) return { fault: error.code };
    throw error;
  }
}

/** The state and its previous versions, youngest first; what is wrong with one is told in its place. */
export async function stateVersions(store: FileStore): Promise<StateVersion[]> {
  const versions: StateVersion[] = [];
  for (const file of [store.location, ...(await store.backups())]) {
    const facts = await nodeFileSystem.facts(file);
    if (facts === undefined) continue;
    const { modified, bytes } = facts;
    versions.push({ file, written: modified.toISOString(), bytes, ...(await contentOf(store, file)) });
  }
  return versions;
}

/** The same as rows of a table, the first one its header. */
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
