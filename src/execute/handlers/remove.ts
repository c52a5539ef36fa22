import { dockerError, RkeError } from '../../core/errors.js';
import type { Host } from '../../host/host.js';
import type { CleanHost } from '../../reconcile/kinds/host-kinds.js';
import type { CallOptions } from '../../host/host.js';
import { helperContainer } from '../helper-container.js';
import { runOnce } from './containers.js';
import { ensureImage, type PullContext } from './images.js';

/** What cri-dockerd and the dockershim put on every container of a pod. */
export const podLabel = 'io.kubernetes.pod.uid';

/** Containers of pods in two groups, sandboxes last: they own the network namespace of the others. */
export function inOrderOfNetwork<Container extends { readonly name: string }>(
  pods: readonly Container[],
): Container[][] {
  const isSandbox = ({ name }: Container): boolean => name.startsWith('k8s_POD_');
  return [pods.filter((one) => !isSandbox(one)), pods.filter(isSandbox)];
}

/** Removes every container of every pod. */
export async function removePods({ docker }: Host, options: CallOptions): Promise<void> {
  const pods = (await docker.list(options)).filter(({ labels }) => podLabel in labels);
  for (const { name } of inOrderOfNetwork(pods).flat()) await docker.remove(name, options);
}

/**
 * Runs a script in a privileged container with the network and processes of the host. The image may have gone since the host was
 * read: a kubelet that is short of disk space deletes images that no pod uses.
 *
 * @throws RkeError HELPER_FAILED
 */
export async function runCleaner(
  host: Host,
  { image, script }: { readonly image: string; readonly script: string },
  context: PullContext,
): Promise<void> {
  await ensureImage(host, image, context);
  const cleaner = {
    ...helperContainer('kube-cleaner', image),
    entrypoint: ['/bin/sh', '-c'],
    cmd: [script],
    networkMode: 'host' as const,
    pidMode: 'host' as const,
    privileged: true,
  };
  await runOnce(host, cleaner, context);
}

/**
 * Runs the cleaner of a removal.
 *
 * @throws RkeError CLEAN_INCOMPLETE (exit 6) with the directories that it left because something is mounted below
 */
export async function cleanHost(host: Host, operation: CleanHost, context: PullContext): Promise<void> {
  await runCleaner(host, operation, context).catch((cause: unknown) => {
    if (!(cause instanceof RkeError) || cause.code !== 'HELPER_FAILED') throw cause;
    throw dockerError('CLEAN_INCOMPLETE', 'not every directory of the cluster was removed', {
      host: host.address,
      evidence: cause.details.evidence ?? [],
      fix: (on) =>
        `unmount what is mounted below them (\`findmnt\` on ${on}), then run the same command again`,
      cause,
    });
  });
}
