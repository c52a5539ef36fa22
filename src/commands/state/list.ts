import { RkeError } from '../../core/errors.js';
import { decodeState } from '../../state/codec.js';
import { nodeFileSystem } from '../../state/file-system.js';
import type { FileStore } from '../../state/file-store.js';
import { openState } from '../../run/state/open-state.js';
import type { StateFileOptions } from '../../run/state/state-options.js';

/** A version of the state: the state file, or one of its history. */
export interface StateVersion extends Content {
  readonly file: string;
  /** RFC 3339. */
  readonly written: string;
  readonly bytes: number;
}

/** What is known from the content of the file. */
interface Content {
  readonly encrypted?: boolean;
  readonly cluster?: string;
  readonly kubernetesVersion?: string;
  readonly nodes?: number;
  /** Error code if the file is not a valid state. */
  readonly fault?: string;
}

async function readContent(store: FileStore, path: string): Promise<Content> {
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
 * `rke state list`: lists the state file and its previous versions, newest first.
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
    versions.push({ file, written: modified.toISOString(), bytes, ...(await readContent(store, file)) });
  }
  return versions;
}
