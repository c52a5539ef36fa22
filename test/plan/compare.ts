import type { ContainerSpec, NodePlan } from '../../src/plan/cluster-plan-types.js';
import type { PrivateRegistry, Taint } from '../../src/config/cluster-spec.js';
import { echoEscapes } from '../../src/core/echo-escapes.js';
import { registryAuth, registryFor } from '../../src/host/registry/registry-auth.js';
import type { Vector, VectorHostConfig, VectorNode, VectorProcess } from './vector.js';

/** RKE writes IPv6 addresses into URLs without brackets, with which nothing starts (docs/compatibility.md). */
function withBrackets(vector: Vector): Vector {
  const v6 = Object.values(vector.resolved.nodes)
    .map(({ internalAddress }) => internalAddress)
    .filter((address) => address.includes(':'));
  const text = v6.reduce(
    (json, address) =>
      json.replaceAll(
        new RegExp(`(://|--endpoints=|CP_HOSTS=(?:[^",]*,)*)${address}(?=[:,"])`, 'g'),
        `$1[${address}]`,
      ),
    JSON.stringify(vector),
  );
  return JSON.parse(text) as Vector;
}

/** A node in comparable form: an empty list or string for what RKE leaves unset. */
export function fromVector(given: Vector, address: string): unknown {
  const vector = withBrackets(given);
  const node = vector.nodes[address];
  if (node === undefined) return undefined;
  return {
    prefixPath: node.prefixPath,
    containers: sorted([...Object.values(node.processes).map(fromProcess), ...fromSnapshots(node)]),
    labels: node.labels,
    labelsRemoved: [...(node.labelsRemoved ?? [])].sort(),
    annotations: node.annotations,
    taints: [...(node.taints ?? [])].sort(),
    portChecks: node.portChecks,
    files: filesOf(vector, node),
  };
}

export function fromPlan(plan: NodePlan, registries: readonly PrivateRegistry[]): unknown {
  return {
    prefixPath: plan.prefixPath,
    containers: sorted(plan.containers.map((container) => fromContainer(container, registries))),
    labels: plan.labels,
    labelsRemoved: [...plan.labelsRemoved].sort(),
    annotations: plan.annotations,
    // RKE adds its two taints while it starts the worker plane, after planning.
    taints: plan.taints
      .filter((taint) => !reserved.includes(taintText(taint)))
      .map(taintText)
      .sort(),
    portChecks: plan.portChecks,
    files: Object.fromEntries(
      plan.files
        .filter(({ path }) => !path.startsWith('/etc/kubernetes/ssl/kube'))
        .map(({ path, content }) => [path, content]),
    ),
  };
}

interface Compared {
  readonly name: string;
  readonly [field: string]: unknown;
}

function fromProcess(process: VectorProcess): Compared {
  return {
    name: process.name,
    image: process.image,
    entrypoint: byFlag(process.command ?? []),
    cmd: byFlag(process.args ?? []),
    env: process.env ?? [],
    binds: process.binds ?? [],
    labels: process.labels ?? {},
    health: process.healthCheck?.url ?? '',
    user: process.docker.config?.User ?? '',
    registryAuth: process.imageRegistryAuthConfig ?? '',
    ...fromHostConfig(process.docker.hostConfig),
  };
}

function fromSnapshots({ rollingSnapshotContainer }: VectorNode): Compared[] {
  if (rollingSnapshotContainer === undefined) return [];
  const { name, body } = rollingSnapshotContainer;
  return [
    {
      name,
      image: body.Image,
      entrypoint: [],
      cmd: [...body.Cmd],
      env: body.Env ?? [],
      binds: body.HostConfig.Binds ?? [],
      labels: {},
      health: '',
      user: '',
      registryAuth: '',
      ...fromHostConfig(body.HostConfig),
    },
  ];
}

function fromHostConfig(config: VectorHostConfig): Record<string, unknown> {
  return {
    networkMode: config.NetworkMode ?? '',
    pidMode: config.PidMode ?? '',
    privileged: config.Privileged ?? false,
    restartPolicy: config.RestartPolicy?.Name ?? '',
    volumesFrom: config.VolumesFrom ?? [],
    securityOpt: config.SecurityOpt ?? [],
  };
}

function fromContainer(container: ContainerSpec, registries: readonly PrivateRegistry[]): Compared {
  const snapshots = container.name === 'etcd-rolling-snapshots';
  return {
    name: container.name,
    image: container.image,
    entrypoint: byFlag(container.entrypoint),
    cmd: snapshots ? container.cmd : byFlag(container.cmd),
    env: container.env,
    binds: container.binds,
    labels: container.labels,
    health: container.healthCheck?.url ?? '',
    user: container.user ?? '',
    // RKE's vectors have labels only for the containers of the plan, not for those of snapshots.
    registryAuth: snapshots ? '' : authText(container.image, registries),
    // Windows hosts use Docker's default network.
    networkMode: container.networkMode === 'default' ? '' : container.networkMode,
    pidMode: container.pidMode ?? '',
    privileged: container.privileged,
    restartPolicy: container.restartPolicy ?? '',
    volumesFrom: container.volumesFrom,
    securityOpt: container.securityOpt,
  };
}

/** Sorts flags by name after the words. Flags of one name keep their order, which is part of the contract. */
function byFlag(words: readonly string[]): string[] {
  const name = (word: string): string => word.split('=', 1)[0] ?? '';
  const flags = words.filter((word) => word.startsWith('--'));
  return [
    ...words.filter((word) => !word.startsWith('--')),
    ...flags.sort((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0)),
  ];
}

/** Files as on the host: RKE's copy step interprets escapes and appends a newline. */
function filesOf({ deployedFiles }: Vector, { labels }: VectorNode): Record<string, string> {
  const controlPlane = labels['node-role.kubernetes.io/controlplane'] === 'true';
  return Object.fromEntries(
    deployedFiles
      .filter(({ hosts }) => hosts === 'all' || controlPlane)
      .map(({ path, contents }) => [path, echoEscapes(contents)]),
  );
}

const sorted = (containers: readonly Compared[]): Compared[] =>
  [...containers].sort((a, b) => (a.name < b.name ? -1 : 1));

const reserved = ['etcd=true:NoExecute', 'controlplane=true:NoSchedule'].map(
  (taint) => `node-role.kubernetes.io/${taint}`,
);

const taintText = ({ key, value = '', effect }: Taint): string => `${key}=${value}:${effect}`;

/** The registry header in RKE's plan, with which an image is pulled. */
function authText(image: string, registries: readonly PrivateRegistry[]): string {
  const registry = registryFor(image, registries);
  // Credentials of the ECR plugin are requested when an image is pulled.
  if (registry === undefined || registry.ecrCredentialPlugin !== undefined) return '';
  const json = JSON.stringify(registryAuth(image, registries) ?? {}).replace(
    /[<>&]/g,
    (sign) => `\\u00${sign.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  return Buffer.from(json)
    .toString('base64url')
    .padEnd(Math.ceil(Buffer.byteLength(json) / 3) * 4, '=');
}
