import { unpackFiles, type UnpackedFile } from '../../../src/host/tar.js';
import type { CreateRequest } from '../../../src/host/docker/docker-requests.js';
import type { ContainerSpec, HostFile, NodePlan } from '../../../src/plan/cluster-plan-types.js';

/** A request to Docker that changes a host. */
export interface ChangeRequest {
  readonly method: string;
  /** Without the version of the API. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: Buffer;
}

export interface Changed {
  readonly status: number;
  readonly body?: object;
  /** What it makes of the host. */
  readonly change?: (node: NodePlan) => NodePlan;
}

/** Carries out a change of a simulated host, whose state is what a plan would want there. @returns undefined for other requests */
export async function changeHost(node: NodePlan, request: ChangeRequest): Promise<Changed | undefined> {
  const { method, path, query, body } = request;
  if (method === 'POST' && path === '/containers/create') {
    const name = query.get('name') ?? '';
    const spec = specOf(name, JSON.parse(body.toString()) as Omit<CreateRequest, 'name'>);
    return { status: 201, body: { Id: name }, change: (host) => withContainer(host, name, spec) };
  }
  if (method === 'POST' && path === '/images/create') {
    const image = query.get('fromImage') ?? '';
    return {
      status: 200,
      body: {},
      change: (host) => ({ ...host, images: [...new Set([...host.images, image])] }),
    };
  }
  if (path.startsWith('/distribution/')) return { status: 200, body: {} };
  const [, encoded = '', action = ''] = /^\/containers\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? [];
  const name = decodeURIComponent(encoded);
  const spec = node.containers.find((one) => one.name === name);
  if (name === '' || method === 'GET') return undefined;
  if (spec === undefined) return { status: 404, body: { message: `No such container: ${name}` } };
  const replace = (next?: ContainerSpec): Changed => ({
    status: 204,
    change: (host) => withContainer(host, name, next),
  });
  if (method === 'DELETE') return replace();
  if (method === 'PUT') return { status: 200, change: withFiles(await unpackFiles(body)) };
  if (action === 'start' || action === 'stop') return replace({ ...spec, started: action === 'start' });
  if (action === 'rename') return replace({ ...spec, name: query.get('name') ?? '' });
  return action === 'wait' ? { status: 200, body: { StatusCode: 0 } } : undefined;
}

function withContainer(node: NodePlan, name: string, spec?: ContainerSpec): NodePlan {
  const others = node.containers.filter((one) => one.name !== name);
  return { ...node, containers: spec === undefined ? others : [...others, spec] };
}

/** The opposite of `createRequest`. */
function specOf(
  name: string,
  { Image, Entrypoint, Cmd, Env, Labels, User, HostConfig }: Omit<CreateRequest, 'name'>,
): ContainerSpec {
  return {
    name,
    image: Image,
    entrypoint: Entrypoint ?? [],
    cmd: Cmd ?? [],
    env: Env ?? [],
    labels: Labels ?? {},
    binds: HostConfig.Binds ?? [],
    volumesFrom: HostConfig.VolumesFrom ?? [],
    networkMode: (HostConfig.NetworkMode ?? 'default') as ContainerSpec['networkMode'],
    privileged: HostConfig.Privileged ?? false,
    securityOpt: HostConfig.SecurityOpt ?? [],
    started: false,
    ...(User === undefined ? {} : { user: User }),
    ...(HostConfig.PidMode === undefined ? {} : { pidMode: 'host' }),
    ...(HostConfig.RestartPolicy === undefined ? {} : { restartPolicy: 'always' }),
  };
}

/** All files are below /etc/kubernetes, wherever a helper container binds them. */
function withFiles(unpacked: readonly UnpackedFile[]): (host: NodePlan) => NodePlan {
  const put = unpacked.map(({ path, content, mode, uid, gid }): HostFile => ({
    path: `/${path}`,
    content: content.toString(),
    mode,
    uid,
    gid,
  }));
  const paths = new Set(put.map(({ path }) => path));
  return (host) => ({ ...host, files: [...host.files.filter(({ path }) => !paths.has(path)), ...put] });
}
