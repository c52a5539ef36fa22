import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import type { ContainerSummary, DockerFacts, ObservedContainer } from '../host.js';

/** Docker's create request, as far as RKE v1 fills it in (Docker Engine API, POST /containers/create). */
export interface CreateRequest {
  readonly name: string;
  readonly Image: string;
  readonly Entrypoint?: string[];
  readonly Cmd?: string[];
  readonly Env?: string[];
  readonly Labels?: Record<string, string>;
  readonly User?: string;
  readonly HostConfig: {
    readonly Binds?: string[];
    readonly VolumesFrom?: string[];
    readonly NetworkMode?: string;
    readonly PidMode?: string;
    readonly Privileged?: boolean;
    readonly RestartPolicy?: { readonly Name: string };
    readonly SecurityOpt?: string[];
  };
}

/** What is read of `docker inspect`; absent lists are null. */
export interface InspectAnswer {
  readonly Id: string;
  readonly Name: string;
  readonly RestartCount: number;
  readonly Config: {
    readonly Image: string;
    readonly Entrypoint?: unknown;
    readonly Cmd?: unknown;
    readonly Env?: unknown;
    readonly User?: unknown;
  };
  readonly HostConfig: { readonly Binds?: unknown; readonly SecurityOpt?: unknown };
  readonly State: {
    readonly Running: boolean;
    readonly Restarting: boolean;
    readonly ExitCode: number;
    readonly Error: string;
    readonly StartedAt?: string;
  };
}

/** What is read of a row of the container list. */
export interface ListAnswer {
  readonly Id: string;
  readonly Names: readonly string[];
  readonly Image: string;
  readonly State: string;
  readonly Labels: Readonly<Record<string, string>>;
  readonly HostConfig?: { readonly NetworkMode?: string };
}

/**
 * The create request for a container: exactly the members that RKE v1 sets (docker/docker.go), and no empty ones, so that
 * the image's entry point and command apply if the plan has none.
 */
export function createRequest(spec: ContainerSpec): CreateRequest {
  return {
    name: spec.name,
    Image: spec.image,
    ...optional('Entrypoint', spec.entrypoint),
    ...optional('Cmd', spec.cmd),
    ...optional('Env', spec.env),
    ...(Object.keys(spec.labels).length === 0 ? {} : { Labels: { ...spec.labels } }),
    ...(spec.user === undefined ? {} : { User: spec.user }),
    HostConfig: {
      ...optional('Binds', spec.binds),
      ...optional('VolumesFrom', spec.volumesFrom),
      ...(spec.networkMode === 'default' ? {} : { NetworkMode: spec.networkMode }),
      ...(spec.pidMode === undefined ? {} : { PidMode: spec.pidMode }),
      ...(spec.privileged ? { Privileged: true } : {}),
      ...(spec.restartPolicy === undefined ? {} : { RestartPolicy: { Name: spec.restartPolicy } }),
      ...optional('SecurityOpt', spec.securityOpt),
    },
  };
}

function optional<Name extends string>(
  name: Name,
  values: readonly string[],
): Partial<Record<Name, string[]>> {
  return values.length === 0 ? {} : ({ [name]: [...values] } as Record<Name, string[]>);
}

/** The members of `docker inspect` that are compared and printed. Docker writes absent lists as null. */
export function observedContainer(found: InspectAnswer): ObservedContainer {
  const { Config, HostConfig, State } = found;
  return {
    id: found.Id,
    name: found.Name.replace(/^\//, ''),
    image: Config.Image,
    entrypoint: listOf(Config.Entrypoint),
    cmd: listOf(Config.Cmd),
    env: listOf(Config.Env),
    binds: listOf(HostConfig.Binds),
    securityOpt: listOf(HostConfig.SecurityOpt),
    user: typeof Config.User === 'string' ? Config.User : '',
    running: State.Running,
    restarting: State.Restarting,
    restartCount: found.RestartCount,
    ...startOf(State.StartedAt),
    exitCode: State.ExitCode,
    error: State.Error,
  };
}

/** Docker writes the year 1 for a container that was never started. */
function startOf(startedAt: string | undefined): Pick<ObservedContainer, 'startedAt'> {
  return startedAt === undefined || startedAt === '' || startedAt.startsWith('0001-') ? {} : { startedAt };
}

function listOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.map(String) : [];
}

/** One row of `docker ps --all`. */
export function containerSummary({
  Id,
  Names,
  Image,
  State,
  Labels,
  HostConfig,
}: ListAnswer): ContainerSummary {
  return {
    id: Id,
    name: (Names[0] ?? '').replace(/^\//, ''),
    image: Image,
    running: State === 'running',
    labels: Labels,
    networkMode: HostConfig?.NetworkMode ?? '',
  };
}

/** What planning needs of `docker info`; members that old versions lack get their implied values. */
export function dockerFacts(info: Readonly<Record<string, unknown>>, apiVersion: string): DockerFacts {
  const text = (name: string): string => (typeof info[name] === 'string' ? info[name] : '');
  const storageDriver = text('Driver');
  return {
    version: text('ServerVersion'),
    apiVersion,
    rootDir: text('DockerRootDir'),
    osType: text('OSType'),
    operatingSystem: text('OperatingSystem'),
    architecture: text('Architecture'),
    ...(storageDriver === '' ? {} : { storageDriver }),
    cgroupDriver: text('CgroupDriver'),
    cgroupVersion: text('CgroupVersion') || '1',
    securityOptions: listOf(info['SecurityOptions']),
    hostname: text('Name'),
  };
}
