import type { InspectAnswer } from '../../src/host/docker/docker-requests.js';

/** What `docker inspect` shows otherwise than Docker 20.10, of the same containers. */
export const inspectShapes: readonly (readonly [string, (answer: InspectAnswer) => InspectAnswer])[] = [
  [
    'lists that are empty instead of null',
    ({ Config, HostConfig, ...rest }) => ({
      ...rest,
      Config: { ...Config, Entrypoint: Config.Entrypoint ?? [], Cmd: Config.Cmd ?? [] },
      HostConfig: { Binds: HostConfig.Binds ?? [], SecurityOpt: HostConfig.SecurityOpt ?? [] },
    }),
  ],
  [
    'lists that are left out instead of null',
    ({ Config, HostConfig, ...rest }) => ({
      ...rest,
      Config: withoutEmpty(Config),
      HostConfig: withoutEmpty(HostConfig),
    }),
  ],
  [
    'members that newer versions have',
    (answer) => ({
      ...answer,
      ImageManifestDescriptor: {
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        digest: 'sha256:1',
      },
      HostConfig: {
        ...answer.HostConfig,
        CgroupnsMode: 'private',
        ConsoleSize: [0, 0],
        Annotations: null,
        KernelMemory: undefined,
        Memory: 0,
        MaskedPaths: ['/proc/asound', '/proc/interrupts', '/sys/devices/virtual/powercap'],
        ReadonlyPaths: ['/proc/bus', '/proc/fs'],
      },
    }),
  ],
  [
    'labels and ports of the image',
    (answer) => ({
      ...answer,
      Config: {
        ...answer.Config,
        Labels: { 'org.opencontainers.image.version': 'v1.30.4', 'io.rancher.rke.container.name': 'x' },
        ExposedPorts: { '2379/tcp': {} },
      },
    }),
  ],
  [
    'binds, arguments and variables in another order',
    ({ Config, HostConfig, ...rest }) => ({
      ...rest,
      Config: { ...Config, Env: reversed(Config.Env), Entrypoint: reversed(Config.Entrypoint) },
      HostConfig: { ...HostConfig, Binds: reversed(HostConfig.Binds) },
    }),
  ],
  [
    'label=disable of a privileged container twice',
    ({ HostConfig, ...rest }) => ({
      ...rest,
      HostConfig: {
        ...HostConfig,
        SecurityOpt: HostConfig.SecurityOpt && ['label=disable', 'label=disable'],
      },
    }),
  ],
];

const reversed = (list: unknown): unknown => (Array.isArray(list) ? list.toReversed() : list);

/** Without what is null or has nothing in it. */
function withoutEmpty<Members extends object>(members: Members): Members {
  const filled = Object.entries(members).filter(
    ([, value]: [string, unknown]) => value !== null && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(filled) as Members;
}
