import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { packFiles } from '../../../src/host/tar.js';
import { createRequest } from '../../../src/host/docker/docker-requests.js';
import type { ContainerSpec, NodePlan } from '../../../src/plan/cluster-plan-types.js';
import { dockerInfo, reply } from '../../host/fake-docker.js';
import { pathOfImage } from '../../reconcile/inspect-vector.js';
import { changeHost } from './docker-changes.js';

/** A host as it is at the moment: what a plan would want there. */
export interface DockerState {
  readonly current: () => NodePlan;
  readonly change: (node: NodePlan) => void;
}

/** The Docker of a host that matches a plan until it is changed. */
export function createDocker(state: DockerState): Server {
  return createServer((request, response) => {
    // A run may end in the middle of a request.
    answer(state, request, response).catch(() => response.destroy());
  });
}

async function answer(state: DockerState, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '/' } = request;
  const { pathname, searchParams: query } = new URL(url, 'http://docker');
  const path = pathname.replace(/^\/v[\d.]+/, '');
  const body = await buffer(request);
  const changed = await changeHost(state.current(), { method, path, query, body });
  if (changed === undefined) {
    answerUnchanged(state.current(), path, response);
    return;
  }
  if (changed.change !== undefined) state.change(changed.change(state.current()));
  reply(response, changed.status, changed.body);
}

/**
 * Responds for the Docker of a host that matches its plan. It is read-only: every attempt to change something gets an
 * error.
 *
 * @param path without the version of the API
 */
export function answerUnchanged(node: NodePlan, path: string, response: ServerResponse): void {
  const [, kind, encoded = ''] = /^\/(containers|images)\/(.+)\/(?:json|archive)$/.exec(path) ?? [];
  const name = decodeURIComponent(encoded);
  const spec = kind === 'containers' ? node.containers.find((one) => one.name === name) : undefined;
  if (path === '/version')
    reply(response, 200, { Version: dockerInfo.ServerVersion, ApiVersion: '1.41', MinAPIVersion: '1.12' });
  else if (path === '/info') reply(response, 200, infoOf(node));
  else if (path === '/containers/json') reply(response, 200, node.containers.map(rowOf));
  else if (path === '/images/json') reply(response, 200, imagesOf(node).map(imageRow));
  else if (kind === 'images' && imagesOf(node).includes(name))
    reply(response, 200, { Id: name, Config: { Env: [pathOfImage], User: '' } });
  else if (spec !== undefined && path.endsWith('/archive')) sendFiles(node, response);
  else if (spec !== undefined) reply(response, 200, inspectAnswer(spec));
  else reply(response, 404, { message: `no such path: ${path}` });
}

function sendFiles({ files }: NodePlan, response: ServerResponse): void {
  // The root of the archive is the requested directory.
  const entries = files.map((file) => ({ ...file, path: file.path.replace(/^\/etc\//, '/') }));
  void packFiles(entries).then((tar) =>
    response.writeHead(200, { 'content-type': 'application/x-tar' }).end(tar),
  );
}

/** The response of `docker info`. @param node a test may add another `osType` */
export const infoOf = (node: Pick<NodePlan, 'node'> & { readonly osType?: string }): typeof dockerInfo => ({
  ...dockerInfo,
  OSType: node.osType ?? dockerInfo.OSType,
  Name: node.node.hostnameOverride,
});

const imagesOf = (node: NodePlan): string[] => [
  ...new Set([...node.images, ...node.containers.map(({ image }) => image)]),
];

const imageRow = (image: string): object => ({ Id: image, RepoTags: [image], RepoDigests: null });

const rowOf = ({ name, image, started, labels }: ContainerSpec): object => ({
  Id: name,
  Names: [`/${name}`],
  Image: image,
  State: started ? 'running' : 'created',
  Labels: labels,
});

/** The container as Docker creates it: with the image's environment appended, and `label=disable` if it is privileged. */
function inspectAnswer(spec: ContainerSpec): object {
  const { HostConfig, ...request } = createRequest(spec);
  const isConfined = HostConfig.Privileged !== true && HostConfig.PidMode !== 'host';
  return {
    Id: spec.name,
    Name: `/${spec.name}`,
    RestartCount: 0,
    Image: spec.image,
    Config: {
      Image: request.Image,
      Entrypoint: request.Entrypoint ?? ['/docker-entrypoint.sh'],
      Cmd: request.Cmd ?? (request.Entrypoint === undefined ? ['sh'] : null),
      Env: [...(request.Env ?? []), pathOfImage],
      Labels: request.Labels ?? {},
      User: request.User ?? '',
    },
    HostConfig: {
      ...HostConfig,
      Binds: HostConfig.Binds ?? null,
      SecurityOpt: isConfined
        ? (HostConfig.SecurityOpt ?? null)
        : [...(HostConfig.SecurityOpt ?? []), 'label=disable'],
    },
    State: {
      Running: spec.started,
      Restarting: false,
      ExitCode: 0,
      Error: '',
      StartedAt: '2026-01-01T00:00:00Z',
    },
  };
}
