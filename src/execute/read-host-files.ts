import { withHelper } from './handlers/containers.js';
import { dockerError, InternalError } from '../core/errors.js';
import { quoteForShell } from '../core/shell-quote.js';
import type { CallOptions, Host, ObservedContainer } from '../host/host.js';
import type { NodePlan } from '../plan/cluster-plan-types.js';
import { isOwnContainer } from '../reconcile/diff/own-containers.js';
import { helperContainer } from './helper-container.js';
import { readConfiguration } from './observe-files.js';
import type { UnpackFiles } from './run-context.js';

const helperName = 'file-deployer';

/**
 * Reads the files of a host below /etc/kubernetes, whatever their permissions: through a container of the cluster, running or
 * not, or else through a helper that binds the directory and is never started.
 *
 * @returns their content by path; undefined if the host has no such directory
 * @throws RkeError if Docker refuses
 */
export async function readHostFiles(
  node: NodePlan,
  host: Host,
  options: CallOptions & { readonly unpackFiles: UnpackFiles },
): Promise<ReadonlyMap<string, string> | undefined> {
  const found =
    (await readConfiguration(await plannedContainers(node, host, options), host.docker, options)) ??
    (await readThroughHelper(node, host, options));
  return found && new Map(found.map(({ path, content }) => [path, content.toString('utf8')]));
}

async function plannedContainers(
  { containers }: NodePlan,
  { docker }: Host,
  options: CallOptions,
): Promise<ObservedContainer[]> {
  const planned = new Set(containers.map(({ name }) => name));
  const present = (await docker.list(options)).filter(({ name }) => planned.has(name));
  const found = await Promise.all(present.map(({ name }) => docker.inspect(name, options)));
  return found.filter((container) => container !== undefined);
}

async function readThroughHelper(
  { prefixPath, images }: NodePlan,
  host: Host,
  options: CallOptions & { readonly unpackFiles: UnpackFiles },
): Promise<Awaited<ReturnType<UnpackFiles>> | undefined> {
  const { docker } = host;
  const directory = `${prefixPath === '/' ? '' : prefixPath}/etc/kubernetes`;
  // Docker would create a missing directory to bind it, but reading must change nothing.
  const { code } = await host.exec(`test -d ${quoteForShell(`${directory}/ssl`)}`, options);
  if (code !== 0) return undefined;
  const present = await Promise.all(images.map((image) => docker.inspectImage(image, options)));
  const image = images.find((_, index) => present[index] !== undefined) ?? images[0];
  if (image === undefined) throw new InternalError(`${host.address} is planned without images`);
  if (!present.some((one) => one !== undefined)) await docker.pull(image, options);
  const helper = {
    ...helperContainer(helperName, image),
    binds: [`${directory}:/etc/kubernetes`],
    started: false,
  };
  const left = await docker.inspect(helperName, options);
  if (left !== undefined && !isOwnContainer({ ...left, labels: {} }, images))
    throw dockerError(
      'FOREIGN_CONTAINER',
      `container "${helperName}" was not made by rke (image ${left.image})`,
      {
        host: host.address,
        fix: (on) => `rename it: \`docker rename ${helperName} my-${helperName}\` on ${on}`,
      },
    );
  await docker.remove(helperName, options);
  return withHelper(docker, helperName, async () => {
    await docker.create(helper, options);
    return readConfiguration([helper], docker, options);
  });
}
