import type { ClusterSpec } from '../../../config/cluster-spec.js';
import { sortedEntries } from '../../../core/stable.js';
import { defaultBackendName, hasDefaultBackend } from './default-backend.js';
import { controllerVersion, hasTag } from './controller-version.js';
import type { NginxRevision } from './nginx-revisions.js';

const anyClass = 'watch-ingress-without-class';
const defaultClass = 'default-ingress-class';
const leader = 'ingress-controller-leader';

/** True if the IngressClass is the default one of the cluster. */
export function isDefaultClass({ ingress }: ClusterSpec, { defaultClassBy }: NginxRevision): boolean {
  return defaultClassBy === 'key'
    ? (ingress.defaultIngressClass ?? true)
    : ingress.extraArgs?.[defaultClass] !== 'false';
}

/** Name of the object by which the controllers elect their leader. */
export function leaderName(spec: ClusterSpec, revision: NginxRevision): string {
  return revision.generation < 3 || isDefaultClass(spec, revision) ? `${leader}-nginx` : leader;
}

/** The command line of the controller. */
export function controllerArguments(spec: ClusterSpec, revision: NginxRevision): string[] {
  const { generation, defaultClassBy } = revision;
  const inNamespace = (name: string): string => `$(POD_NAMESPACE)/${name}`;
  const extra = extraArguments(spec, revision);
  const own = sortedEntries(extra).filter(([name]) => defaultClassBy === 'key' || name !== defaultClass);
  return [
    '/nginx-ingress-controller',
    ...(hasDefaultBackend(spec, revision)
      ? [`--default-backend-service=${inNamespace(defaultBackendName)}`]
      : []),
    ...(generation === 1
      ? firstGeneration(revision, inNamespace)
      : laterGenerations(spec, revision, inNamespace)),
    ...revision.flags,
    ...own.map(([name, value]) => (value === '' ? `--${name}` : `--${name}=${value}`)),
    // These revisions give it themselves, whether it is among the others or not.
    ...(defaultClassBy === 'argument' ? [`--${anyClass}=${extra[anyClass] || 'true'}`] : []),
  ];
}

type InNamespace = (name: string) => string;

function firstGeneration({ isBasic, names }: NginxRevision, inNamespace: InNamespace): string[] {
  return [
    `--configmap=${inNamespace(names.configMap)}`,
    ...(isBasic ? [] : [`--election-id=${leader}`, '--ingress-class=nginx']),
    ...streams(inNamespace),
    '--annotations-prefix=nginx.ingress.kubernetes.io',
  ];
}

function laterGenerations(spec: ClusterSpec, revision: NginxRevision, inNamespace: InNamespace): string[] {
  const { generation, hasStreams, names } = revision;
  const certificates = '/usr/local/certificates';
  return [
    // Controllers before 1.0 append the class themselves.
    `--election-id=${generation === 3 ? leaderName(spec, revision) : leader}`,
    generation === 3 ? '--controller-class=k8s.io/ingress-nginx' : '--ingress-class=nginx',
    `--configmap=${inNamespace(names.configMap)}`,
    ...(hasStreams ? streams(inNamespace) : []),
    '--validating-webhook=:8443',
    `--validating-webhook-certificate=${certificates}/cert`,
    `--validating-webhook-key=${certificates}/key`,
  ];
}

function streams(inNamespace: InNamespace): string[] {
  return ['tcp', 'udp'].map((kind) => `--${kind}-services-configmap=${inNamespace(`${kind}-services`)}`);
}

/** Those of the file, and what keeps Ingresses without a class working (RKE cluster/addons.go:650). */
function extraArguments(
  { ingress, systemImages }: ClusterSpec,
  revision: NginxRevision,
): Record<string, string> {
  const { extraArgs = {} } = ingress;
  return watchesAnyClass(systemImages['ingress'] ?? '', revision)
    ? { [anyClass]: 'true', ...extraArgs }
    : extraArgs;
}

/**
 * True for controllers from 1.1.0 on. The same as RKE, which compares the version as text and adds nothing for an image without a tag;
 * a tag in which RKE finds no version, and on which it crashes, has that of the revision.
 */
function watchesAnyClass(image: string, { generation }: NginxRevision): boolean {
  const version = controllerVersion(image);
  return version === undefined ? generation === 3 && hasTag(image) : version >= '1.1.0';
}
