import { holdBehind } from './graph.js';
import type { ImageAsk } from '../kinds/cluster-kinds.js';
import type { Operation, OperationId } from '../operations.js';
import type { ContainerWork } from './planes.js';

const checkId = 'check-images';

/**
 * Adds a check that the registries have every image to be pulled, before everything else, so that all missing images are
 * reported before any change. Each image is looked up once, by one of the hosts that lack it.
 */
export function addImageCheck(operations: readonly Operation[]): readonly Operation[] {
  const asks = spread(operations);
  if (asks.length === 0) return operations;
  const check: Operation = {
    id: checkId,
    stage: 'images',
    title: `find ${asks.length} ${asks.length === 1 ? 'image' : 'images'} in the registry`,
    after: [],
    kind: 'check-images',
    asks,
  };
  return [check, ...holdBehind(checkId, operations)];
}

function spread(operations: readonly Operation[]): ImageAsk[] {
  const lacking = new Map<string, string[]>();
  for (const { host = '', ...pull } of operations)
    if (pull.kind === 'pull-image') {
      const hosts = lacking.get(pull.image);
      if (hosts === undefined) lacking.set(pull.image, [host]);
      else hosts.push(host);
    }
  return [...lacking].map(([image, hosts], index) => ({ image, host: hosts[index % hosts.length] ?? '' }));
}

/** No running container is replaced while an image is still missing on any host: an upgrade does not start half-way. */
export function holdReplacements(work: readonly ContainerWork[], pulled: OperationId): ContainerWork[] {
  return work.map((one) => ({
    ...one,
    operations: one.operations.map((operation) =>
      operation.kind === 'replace-container'
        ? { ...operation, after: [...operation.after, pulled] }
        : operation,
    ),
  }));
}
