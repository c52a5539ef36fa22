import type {
  CallOptions,
  ContainerSummary,
  DockerFacts,
  DockerReader,
  ObservedImage,
} from '../host/host.js';
import type { NodePlan } from '../plan/cluster-plan-types.js';

/** What was read of images on other hosts, by id and platform: an id is the hash of the content. */
export type KnownImages = Map<string, ObservedImage>;

interface ImageOptions extends CallOptions {
  /** The containers of the host. */
  readonly listed: Promise<readonly ContainerSummary[]>;
  readonly facts: Pick<DockerFacts, 'osType' | 'architecture'>;
  readonly known: KnownImages;
}

/** Lists the planned images that are on the host. An image that no container uses only has to exist. */
export async function observeImages(
  node: NodePlan,
  docker: DockerReader,
  { listed, facts, known, ...options }: ImageOptions,
): Promise<ReadonlyMap<string, ObservedImage>> {
  const [list, ids] = await Promise.all([listed, docker.listImages(options)]);
  const there = new Set(list.map(({ name }) => name));
  const inUse = new Set(node.containers.filter(({ name }) => there.has(name)).map(({ image }) => image));
  const inspect = async (image: string, id?: string): Promise<ObservedImage | undefined> => {
    const key = `${id ?? image} ${facts.osType}/${facts.architecture}`;
    const found = known.get(key) ?? (await docker.inspectImage(image, options));
    if (found !== undefined && id !== undefined) known.set(key, found);
    return found;
  };
  const observeImage = async (image: string): Promise<readonly [string, ObservedImage] | undefined> => {
    // Docker of RHEL 7 lists the default registry, too.
    const id = ids.get(image) ?? ids.get(`docker.io/${image}`);
    if (id === undefined && isListedForm(image)) return undefined;
    const found = id === undefined || inUse.has(image) ? await inspect(image, id) : { id, env: [] };
    return found && [image, found];
  };
  const snapshotImages = node.snapshot === undefined ? [] : [node.snapshot.container.image];
  const asked = [...new Set([...node.images, ...snapshotImages])].map(observeImage);
  return new Map((await Promise.all(asked)).flatMap((found) => (found === undefined ? [] : [found])));
}

/** True if an image of this name would be in the list under it: with a tag, and without digest and default registry. */
const isListedForm = (image: string): boolean =>
  /^[^@]+:[^/@]+$/.test(image) && !/^(?:(?:index\.)?docker\.io|library)\//.test(image);
