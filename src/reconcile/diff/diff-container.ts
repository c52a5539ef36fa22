import type { ObservedContainer, ObservedImage } from '../../host/host.js';
import type { ContainerSpec } from '../../plan/cluster-plan-types.js';
import { hash } from '../../core/stable.js';
import { comparableArguments } from './etcd-start-flags.js';
import type { FieldChange } from '../kinds/container-kinds.js';

/**
 * Compares a container with its plan on the fields by which RKE decides to recreate one, as sets
 * (docker/docker.go IsContainerUpgradable). An empty result means: leave it alone.
 *
 * The user is compared too, unlike in RKE: etcd with a changed `uid` would otherwise run on beside files of another owner,
 * and fail whenever it is replaced for another reason.
 *
 * A container that was created by image id has the id in place of the name; that is not a difference.
 *
 * Docker merges the image's environment into the container's, so that part is removed first. If the image is no
 * longer on the host, its environment is unknown and only missing variables count: what is unknown restarts nothing.
 *
 * @param planned what should run
 * @param observed what `docker inspect` returned
 * @param image the planned image on that host, or undefined if it is not there
 * @param hasStarted the program in the container runs and stays up
 */
export function diffContainer(
  planned: ContainerSpec,
  observed: ObservedContainer,
  image: ObservedImage | undefined,
  { hasStarted }: { readonly hasStarted: boolean } = { hasStarted: true },
): FieldChange[] {
  const argumentsOf = (list: readonly string[]): readonly string[] =>
    comparableArguments(planned.name, list, { hasStarted });
  const surplusEnv = image === undefined ? observed.env : image.env;
  const compared: [field: string, planned: readonly string[], observed: readonly string[]][] = [
    ['image', [planned.image], [observed.image === image?.id ? planned.image : observed.image]],
    ['entrypoint', planned.entrypoint, planned.entrypoint.length === 0 ? [] : observed.entrypoint],
    ['cmd', argumentsOf(planned.cmd), planned.cmd.length === 0 ? [] : argumentsOf(observed.cmd)],
    [
      'env',
      planned.env.map(concealSecret),
      withoutSurplus(observed.env, surplusEnv, planned.env).map(concealSecret),
    ],
    ['binds', planned.binds, observed.binds],
    ['user', ...usersOf(planned, observed, image)],
    ['securityOpt', planned.securityOpt, observed.securityOpt.filter((option) => option !== 'label=disable')],
  ];
  return compared.flatMap(([field, want, have]) => diffSets(field, want, have));
}

/** True if the container runs as another user than planned. */
export function changesUser(
  planned: ContainerSpec,
  observed: ObservedContainer,
  image: ObservedImage | undefined,
): boolean {
  const [want, have] = usersOf(planned, observed, image);
  return want[0] !== have[0];
}

/** Both users; root is an empty list. Without a planned user that of the image counts, if the image is on the host. */
function usersOf(
  { user }: ContainerSpec,
  observed: ObservedContainer,
  image: ObservedImage | undefined,
): [want: readonly string[], have: readonly string[]] {
  const unplanned = image === undefined ? observed.user : (image.user ?? '');
  return [named(user ?? unplanned), named(observed.user)];
}

const named = (user: string): string[] =>
  ['', '0', '0:0', 'root', 'root:root'].includes(user) ? [] : [user];

function diffSets(field: string, want: readonly string[], have: readonly string[]): FieldChange[] {
  const wanted = new Set(want);
  const found = new Set(have);
  const removed = [...found].filter((value) => !wanted.has(value));
  const added = [...wanted].filter((value) => !found.has(value));
  return removed.length === 0 && added.length === 0 ? [] : [{ field, removed, added }];
}

function withoutSurplus(
  env: readonly string[],
  surplus: readonly string[],
  planned: readonly string[],
): string[] {
  const keep = new Set(planned);
  const drop = new Set(surplus);
  return env.filter((entry) => keep.has(entry) || !drop.has(entry));
}

/** The two values of RKE's contract that contain credentials are compared and shown by their hash alone. */
const secretVariables = new Set(['RKE_KUBELET_DOCKER_CONFIG', 'S3_ACCESS_KEY', 'S3_SECRET_KEY']);

/** A variable as it may be compared and shown: a hash in place of a secret. */
export function concealSecret(entry: string): string {
  const name = entry.slice(0, entry.indexOf('='));
  return secretVariables.has(name) ? `${name}=sha256:${hash('sha256', entry).slice(0, 12)}` : entry;
}
