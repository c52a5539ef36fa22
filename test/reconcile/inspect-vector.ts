import type { InspectAnswer } from '../../src/host/docker/docker-requests.js';
import type { VectorHostConfig, VectorNode } from '../plan/vector.js';

/** The variable that all images of RKE have. */
export const pathOfImage = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** `docker inspect` of the containers of a vector's host, which RKE made by the requests that the vector tells. */
export function inspectAnswers(node: VectorNode | undefined): InspectAnswer[] {
  if (node === undefined) return [];
  const { processes, rollingSnapshotContainer: snapshots } = node;
  return [
    ...Object.values(processes).map(({ name, image, command, args, env, binds, docker }) =>
      answer(name, {
        image,
        entrypoint: command,
        cmd: args,
        env,
        hostConfig: { ...docker.hostConfig, Binds: binds },
        user: docker.config?.User,
      }),
    ),
    ...(snapshots === undefined
      ? []
      : [
          answer(snapshots.name, {
            image: snapshots.body.Image,
            cmd: snapshots.body.Cmd,
            env: snapshots.body.Env,
            hostConfig: snapshots.body.HostConfig,
          }),
        ]),
  ];
}

interface Request {
  readonly image: string;
  readonly entrypoint?: readonly string[] | undefined;
  readonly cmd?: readonly string[] | undefined;
  readonly env?: readonly string[] | undefined;
  readonly user?: string | undefined;
  readonly hostConfig: VectorHostConfig & { readonly Binds?: readonly string[] | undefined };
}

/** What Docker makes of a request: the image's environment behind, no labelling where a container may do all. */
function answer(
  name: string,
  { image, entrypoint, cmd, env = [], hostConfig, user = '' }: Request,
): InspectAnswer {
  const { Binds, SecurityOpt, Privileged, PidMode } = hostConfig;
  const isConfined = Privileged !== true && PidMode !== 'host';
  return {
    Id: name,
    Name: `/${name}`,
    RestartCount: 0,
    Config: {
      Image: image,
      // What the image has where the request has nothing.
      Entrypoint: entrypoint ?? ['/docker-entrypoint.sh'],
      Cmd: cmd ?? (entrypoint === undefined ? ['sh'] : null),
      Env: [...env, pathOfImage],
      User: user,
    },
    HostConfig: {
      Binds: Binds ?? null,
      SecurityOpt: isConfined ? (SecurityOpt ?? null) : [...(SecurityOpt ?? []), 'label=disable'],
    },
    State: { Running: name !== 'service-sidekick', Restarting: false, ExitCode: 0, Error: '' },
  };
}
