import { isAreaRunning, type AddonArea } from '../../config/addon-settings.js';
import { neededImages, type KnownAddon } from '../../config/addons/addon-definitions.js';
import { isMadeFor } from '../../config/addons/made-versions.js';
import { addonKinds, chosenAddons } from '../../config/addons/chosen-addons.js';
import type { ClusterSpec } from '../../config/cluster-spec.js';
import { isRecord } from '../../core/stable.js';
import type { VersionCatalog } from '../../versions/catalog.js';
import type { AddonPlan } from '../cluster-plan-types.js';
import { addonInCluster } from './addons-in-cluster.js';
import { authzName, planAuthz } from './authz.js';
import { deployedByRke } from './deployed-by-rke.js';
import { networkAddonName } from './network-plugin.js';
import { includesName, inlineName } from './user/user-addon.js';

/** Which template RKE deploys an add-on by, and the CRDs of it. */
export type TemplateChoice = Pick<VersionCatalog, 'templateKey' | 'customResources'>;

/**
 * The add-ons of a cluster, in RKE's order (cluster/addons.go): what nodes may do, network plugin, DNS, metrics and
 * ingress; those of the user are read elsewhere (run/addons). `none` leaves one out, so the objects that an earlier run recorded are removed.
 */
export function planAddons(spec: ClusterSpec, templates: TemplateChoice): AddonPlan[] {
  return [...planAuthz(spec), ...chosenAddons(spec).flatMap((addon) => planAddon(addon, spec, templates))];
}

/**
 * Without objects if only RKE can make it.
 *
 * @returns none if RKE has no template for the version: it then warns and leaves the add-on out (cluster/addons.go)
 */
function planAddon(
  definition: KnownAddon,
  spec: ClusterSpec,
  templates: TemplateChoice,
): AddonPlan | readonly [] {
  const { deployedAs, workload, plan } = addonInCluster(definition.name);
  // An add-on that RKE does not have needs none.
  const template =
    definition.templates && templates.templateKey(definition.templates.of, spec.kubernetesVersion);
  if (template === undefined && definition.templates !== undefined) return [];
  // Old versions of the catalogue lack images; RKE accepts them anyway (cluster/validation.go:476).
  const hasImages = neededImages(definition, spec.kubernetesVersion).every(
    (role) => (spec.systemImages[role] ?? '') !== '',
  );
  if (!hasImages || !isMadeFor(definition, spec.kubernetesVersion, templates))
    return deployedByRke(deployedAs, workload);
  const customResources = template === undefined ? [] : templates.customResources(template);
  const planned = plan({ spec, template, customResources });
  if (planned === undefined) return deployedByRke(deployedAs, workload);
  const { isEssential } = definition;
  return { name: deployedAs, ...planned, ...(isEssential === undefined ? {} : { isEssential }) };
}

/** Names of add-ons whose settings are the same in two configurations. */
export function unchangedAddons(spec: ClusterSpec, running: ClusterSpec): string[] {
  const areas: readonly (readonly [area: AddonArea, name: string])[] = [
    ['authorization', authzName],
    ...chosenAddons(spec).map(
      ({ kind, name }) => [addonKinds[kind].block, addonInCluster(name).deployedAs] as const,
    ),
    ...userAddonNames(spec).map((name) => ['addons', name] as const),
  ];
  return areas.flatMap(([area, name]) => (isAreaRunning(area, spec, running) ? [name] : []));
}

/** Add-ons with which a cluster runs and which cluster.yml no longer has (RKE cluster/addons.go). */
export function planRemovedAddons(
  planned: readonly AddonPlan[],
  running: ClusterSpec,
  templates: TemplateChoice,
): AddonPlan[] {
  const staying = new Set([...planned.map(({ name }) => name), ...neverRemoved]);
  return planAddons(running, templates).filter(({ name }) => !staying.has(name));
}

/**
 * RKE has no way to remove a network plugin, and leaves what nodes may do. It leaves the DNS cache when the DNS provider is
 * `none`: the kubelets still give its address to pods. Removing its address is refused (config/rules/running/cluster-keys.ts).
 */
export const neverRemoved: readonly string[] = [
  networkAddonName,
  addonInCluster('nodelocal').deployedAs,
  authzName,
];

/** Names of the user add-ons that RKE v1 knows too: written in the file, and named by it. */
export function userAddonNames({ addons, addonsInclude }: ClusterSpec): string[] {
  return [...(isEmpty(addons) ? [] : [inlineName]), ...(isEmpty(addonsInclude) ? [] : [includesName])];
}

function isEmpty(value: string | readonly string[] | undefined | null): boolean {
  return value === undefined || value === null || value.length === 0;
}

/** Images of all containers of the add-ons, each once, in the order in which they are needed. */
export function addonImages(addons: readonly AddonPlan[]): string[] {
  return [...new Set(addons.flatMap(({ objects }) => objects.flatMap(imagesIn)))];
}

/** Finds them in pod templates wherever they are: Deployments, DaemonSets, CronJobs. */
function imagesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isRecord(value)) return [];
  const { initContainers, containers, ...others } = value;
  const own = [initContainers, containers].flatMap((list) =>
    Array.isArray(list) ? list.flatMap(imageOf) : [],
  );
  return [...own, ...Object.values(others).flatMap(imagesIn)];
}

function imageOf(container: unknown): string[] {
  return isRecord(container) && typeof container['image'] === 'string' ? [container['image']] : [];
}
