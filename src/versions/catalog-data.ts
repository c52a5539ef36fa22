/** The data of the catalogue, in the structure of RKE's metadata. */
export interface CatalogData {
  /** By version; a missing role is null. */
  readonly systemImages: Readonly<Record<string, Readonly<Record<string, string | null>>>>;
  /** By version or minor: component to flags. */
  readonly serviceOptions: Readonly<Record<string, ComponentFlags>>;
  /** The same for Windows workers. */
  readonly windowsServiceOptions: Readonly<Record<string, ComponentFlags>>;
  /** By minor without `v`: `20.10.x`, … */
  readonly dockerVersions: Readonly<Record<string, readonly string[]>>;
  /** By RKE version without `v`; `default` for all others. */
  readonly defaultVersions: Readonly<Record<string, string>>;
  /** By version or minor: the RKE versions that may use it. */
  readonly versionInfo: Readonly<Record<string, VersionInfo>>;
  /** By add-on (`coreDNS`, `canal`, …): semver range to the key of a template. */
  readonly templateChoice: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface VersionInfo {
  readonly minRKEVersion?: string;
  readonly maxRKEVersion?: string;
  readonly deprecateRKEVersion?: string;
}

export type Flags = Readonly<Record<string, string>>;

export const components = ['etcd', 'kubeapi', 'kubelet', 'kubeproxy', 'kubeController', 'scheduler'] as const;
export type ComponentFlags = Readonly<Partial<Record<(typeof components)[number], Flags | null>>>;
