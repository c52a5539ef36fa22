import { components, type CatalogData, type ComponentFlags, type Flags } from './catalog-data.js';
import {
  customResourcesOf,
  noCustomResources,
  type CustomResourceDefinition,
  type CustomResources,
} from './custom-resources.js';
import { isBuildWithin, minorOf } from './kubernetes-version.js';
import { ownImagesOf, type OwnImages } from './own-images.js';
import { findPublicVersion, selectVersions } from './selection.js';

/** Image by role in the cluster, under the JSON names of RKE (`kubernetes`, `alpine`, `podInfraContainer`, …). */
export type SystemImages = Readonly<Record<string, string>>;

/** Images, options and Docker versions for each Kubernetes version (RKE's metadata). */
export interface VersionCatalog {
  /** The version of a file that sets none; the public can pull its images if any version is public. */
  readonly defaultVersion: string;
  /** All versions that can be deployed, oldest first. */
  readonly versions: readonly string[];
  /** The newest version of each minor that RKE still lists, newest first. */
  readonly currentVersions: readonly string[];
  /** Images by role under RKE's JSON names; undefined for an unknown or withdrawn version. */
  systemImages(version: string): SystemImages | undefined;
  /** Images of add-ons that RKE v1 does not have, by role. */
  ownImages(version: string): SystemImages;
  /** True if the public can pull its default images. */
  isPublic(version: string): boolean;
  /** A public version to use instead of a gated one. */
  publicInstead(version: string): string | undefined;
  /**
   * Flags by component: those of the exact version, otherwise those of its minor. If the tag of the Kubernetes image has another
   * minor, that of the image is used (RKE cluster/plan.go getDefaultKubernetesServicesOptions).
   */
  serviceOptions(version: string, choice?: ServiceOptionsChoice): ComponentOptions | undefined;
  /** Docker versions that its minor was tested with. */
  dockerVersions(version: string): readonly string[];
  /** Key of the template with which RKE deploys an add-on (`coreDNS`, `canal`, …). */
  templateKey(addon: string, version: string): string | undefined;
  /** CRDs of a template, none if it is unknown. */
  customResources(template: string): readonly CustomResourceDefinition[];
}

export interface ServiceOptionsChoice {
  readonly os?: 'linux' | 'windows';
  /** The image that the components run in. */
  readonly kubernetesImage?: string | undefined;
}

type ComponentOptions = Readonly<Record<(typeof components)[number], Flags>>;

/** Creates the catalogue from its data. */
export function createCatalog(
  data: CatalogData,
  {
    customResources = noCustomResources,
    ownImages = {},
  }: { readonly customResources?: CustomResources; readonly ownImages?: OwnImages } = {},
): VersionCatalog {
  const { installable, current, defaultVersion, gated } = selectVersions(data);
  const known = new Set(installable);
  return {
    defaultVersion,
    versions: installable,
    currentVersions: current,
    systemImages: (version) =>
      known.has(version) ? withoutNull(data.systemImages[version] ?? {}) : undefined,
    ownImages: (version) => ownImagesOf(ownImages, version),
    isPublic: (version) => !gated.has(version),
    publicInstead: (version) => findPublicVersion(version, installable, gated),
    serviceOptions: (version, { os = 'linux', kubernetesImage = '' } = {}) => {
      const all = os === 'windows' ? data.windowsServiceOptions : data.serviceOptions;
      const found = all[version] ?? all[minorOfImage(kubernetesImage) ?? minorOf(version)];
      return found === undefined ? undefined : optionsOf(found);
    },
    dockerVersions: (version) => data.dockerVersions[minorOf(version).slice(1)] ?? [],
    templateKey: (addon, version) =>
      Object.entries(data.templateChoice[addon] ?? {}).find(([range]) => isBuildWithin(version, range))?.[1],
    customResources: (template) => customResourcesOf(customResources, template),
  };
}

/** `v1.30` for `rancher/hyperkube:v1.30.5-rancher1`; undefined if the tag is not a version. */
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
