import { components, type CatalogData, type ComponentFlags, type Flags } from './catalog-data.js';
import { isBuildWithin, minorOf } from './kubernetes-version.js';
import { publicInstead, selectVersions } from './selection.js';

/** Image by role in the cluster, under the JSON names of RKE (`kubernetes`, `alpine`, `podInfraContainer`, …). */
export type SystemImages = Readonly<Record<string, string>>;

/** What RKE knows of each Kubernetes version. */
export interface VersionCatalog {
  /** The version that a file without one gets; its images can be pulled by anyone. */
  readonly defaultVersion: string;
  /** All that can be deployed, oldest first. */
  readonly versions: readonly string[];
  /** The newest of each minor that RKE still lists, newest first. */
  readonly currentVersions: readonly string[];
  /** Images by role under RKE's JSON names; undefined for a version that is unknown or withdrawn. */
  systemImages(version: string): SystemImages | undefined;
  /** Can anyone pull its default images. */
  isPublic(version: string): boolean;
  /** The version to take instead of one whose images the public cannot pull. */
  publicInstead(version: string): string | undefined;
  /**
   * Flags by component: those of the very version, else those of a minor. Where the tag of the Kubernetes image has another
   * minor than the version, the image's counts (RKE cluster/plan.go getDefaultKubernetesServicesOptions).
   */
  serviceOptions(version: string, choice?: ServiceOptionsChoice): ComponentOptions | undefined;
  /** Docker versions that its minor was tried with. */
  dockerVersions(version: string): readonly string[];
  /** Key of the template that RKE deploys an add-on (`coreDNS`, `canal`, …) by. */
  templateKey(addon: string, version: string): string | undefined;
}

export interface ServiceOptionsChoice {
  readonly os?: 'linux' | 'windows';
  /** The image that the components run in. */
  readonly kubernetesImage?: string | undefined;
}

type ComponentOptions = Readonly<Record<(typeof components)[number], Flags>>;

/** Makes the catalogue of its data. */
export function createCatalog(data: CatalogData): VersionCatalog {
  const { installable, current, defaultVersion, gated } = selectVersions(data);
  const known = new Set(installable);
  return {
    defaultVersion,
    versions: installable,
    currentVersions: current,
    systemImages: (version) =>
      known.has(version) ? withoutNull(data.systemImages[version] ?? {}) : undefined,
    isPublic: (version) => !gated.has(version),
    publicInstead: (version) => publicInstead(version, installable, gated),
    serviceOptions: (version, { os = 'linux', kubernetesImage = '' } = {}) => {
      const all = os === 'windows' ? data.windowsServiceOptions : data.serviceOptions;
      const found = all[version] ?? all[minorOfImage(kubernetesImage) ?? minorOf(version)];
      return found === undefined ? undefined : optionsOf(found);
    },
    dockerVersions: (version) => data.dockerVersions[minorOf(version).slice(1)] ?? [],
    templateKey: (addon, version) =>
      Object.entries(data.templateChoice[addon] ?? {}).find(([range]) => isBuildWithin(version, range))?.[1],
  };
}

/** `v1.30` of `rancher/hyperkube:v1.30.5-rancher1`; undefined where the tag is no version. */
function minorOfImage(image: string): string | undefined {
  const tag = /:([^:/@]+)(@|$)/.exec(image)?.[1] ?? '';
  const minor = minorOf(tag);
  return minor === tag ? undefined : minor;
}

function optionsOf(found: ComponentFlags): ComponentOptions {
  return Object.fromEntries(components.map((name) => [name, found[name] ?? {}])) as ComponentOptions;
}

function withoutNull(images: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(images).filter((entry): entry is [string, string] => entry[1] !== null && entry[1] !== ''),
  );
}
