import type { SystemImages } from '../config/cluster-spec.js';
import { minorOf } from './kubernetes-version.js';

/** The catalogue's files, as RKE's metadata has them. */
export interface CatalogData {
  /** By version; a missing role is null. */
  readonly systemImages: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  /** By version or minor: component to flags. */
  readonly serviceOptions: Readonly<Record<string, ServiceFlags>>;
  /** By minor without `v`: `20.10.x`, … */
  readonly dockerVersions: Readonly<Record<string, readonly string[]>>;
  readonly defaultVersions: Readonly<Record<string, string>>;
}

type Flags = Readonly<Record<string, string>>;
const components = ['etcd', 'kubeapi', 'kubelet', 'kubeproxy', 'kubeController', 'scheduler'] as const;
type ServiceFlags = Readonly<Partial<Record<(typeof components)[number], Flags | null>>>;

/** What RKE knows of each Kubernetes version. */
export interface VersionCatalog {
  /** The version that a file without one gets. */
  readonly defaultVersion: string;
  /** All with images, oldest first. */
  readonly versions: readonly string[];
  /** Images by role under RKE's JSON names; undefined for an unknown version. */
  systemImages(version: string): SystemImages | undefined;
  /** Flags by component: those of the very version, else those of its minor (RKE cluster/plan.go GetKubernetesServicesOptions). */
  serviceOptions(version: string): Readonly<Record<(typeof components)[number], Flags>> | undefined;
  /** Docker versions that its minor was tried with. */
  dockerVersions(version: string): readonly string[];
}

/** Makes the catalogue of its data. */
export function createCatalog(data: CatalogData): VersionCatalog {
  return {
    defaultVersion: data.defaultVersions['default'] ?? '',
    versions: Object.keys(data.systemImages),
    systemImages: (version) => {
      const images = data.systemImages[version];
      return images === undefined ? undefined : withoutNull(images);
    },
    serviceOptions: (version) => {
      const found = data.serviceOptions[version] ?? data.serviceOptions[minorOf(version)];
      if (found === undefined) return undefined;
      return Object.fromEntries(components.map((name) => [name, found[name] ?? {}])) as Record<
        (typeof components)[number],
        Flags
      >;
    },
    dockerVersions: (version) => data.dockerVersions[minorOf(version).slice(1)] ?? [],
  };
}

function withoutNull(images: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(images).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );
}
