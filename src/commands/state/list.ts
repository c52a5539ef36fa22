import { RkeError } from '../../core/errors.js';
import { decodeState } from '../../state/codec.js';
import { nodeFileSystem } from '../../state/file-system.js';
import type { FileStore } from '../../state/file-store.js';
import { openState, type StateFileOptions } from '../../run/state/open-state.js';

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

/**
 * `rke state list`: the state file and its previous versions, newest first; each with the code of what is wrong with it.
 *
 * @throws RkeError (exit 2 or 4) if a file cannot be read
 */
export async function listStates(options: StateFileOptions): Promise<StateVersion[]> {
  const store = openState(options);
  const versions: StateVersion[] = [];
  for (const file of [store.location, ...(await store.backups())]) {
    const facts = await nodeFileSystem.facts(file);
    if (facts === undefined) continue;
    const { modified, bytes } = facts;
    versions.push({ file, written: modified.toISOString(), bytes, ...(await contentOf(store, file)) });
  }
  return versions;
}
