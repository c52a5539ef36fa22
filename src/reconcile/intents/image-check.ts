import { behind } from '../order/graph.js';
import type { ImageAsk } from '../kinds/cluster-kinds.js';
import type { Operation } from '../operations.js';
import type { ContainerWork } from '../order/planes.js';

const checkId = 'check-images';

/**
 * Puts one question for every image that is to be pulled before everything else, so that what cannot be had is known, all
 * at once, before anything is changed. Each image is asked for once; the questions are spread over the hosts that lack it.
 */
export function withImageCheck(operations: readonly Operation[]): readonly Operation[] {
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
  return [check, ...behind([checkId], operations)];
}

function spread(operations: readonly Operation[]): ImageAsk[] {
  const lacking = new Map<string, string[]>();
  for (const { host = '', ...pull } of operations)
    if (pull.kind === 'pull-image') lacking.set(pull.image, [...(lacking.get(pull.image) ?? []), host]);
  return [...lacking].map(([image, hosts], index) => ({ image, host: hosts[index % hosts.length] ?? '' }));
}

/** No running container is replaced while an image is still missing anywhere: an upgrade is not begun by halves. */
export function behindPulls(work: readonly ContainerWork[], pulls: readonly Operation[]): ContainerWork[] {
  const ids = pulls.map(({ id }) => id);
  return work.map((one) => {
    const operations = one.operations.map((operation) =>
      operation.kind === 'replace-container'
        ? { ...operation, after: [...operation.after, ...ids] }
        : operation,
    );
    return { ...one, operations };
  });
}
