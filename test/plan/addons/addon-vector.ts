import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadCluster } from '../../../src/config/validate.js';
import { chosenAddons } from '../../../src/config/addons/chosen-addons.js';
import type { ClusterSpec } from '../../../src/config/cluster-spec.js';
import { hash, isRecord, stableStringify } from '../../../src/core/stable.js';
import { addonInCluster } from '../../../src/plan/addons/addons-in-cluster.js';
import { objectRef } from '../../../src/plan/addons/object-ref.js';
import { parseManifest } from '../../../src/plan/addons/user/parse-manifest.js';
import { readUserAddons } from '../../../src/run/addons/read-user-addons.js';
import { planAddons } from '../../../src/plan/addons/plan-addons.js';
import type { AddonPlan, KubeObject, ObjectRef } from '../../../src/plan/cluster-plan-types.js';
import type { VersionCatalog } from '../../../src/versions/catalog.js';
import { differences } from '../../tools/differences.js';

/** The add-ons that RKE deploys for a cluster.yml. */
interface AddonVector {
  readonly ok: boolean;
  readonly version: string;
  readonly plugin: string;
  readonly stage?: string;
  readonly warnings: readonly string[];
  readonly addons?: readonly DeployedAddon[];
}

interface DeployedAddon {
  /** RKE's name of it, e.g. `rke-network-plugin`. */
  readonly name: string;
  /** Everything except the CRDs. */
  readonly objects?: readonly KubeObject[];
  /** Text of a user add-on. */
  readonly manifest?: string;
  readonly crds?: readonly { readonly crd: string; readonly sha256: string }[];
  /** True if RKE's text is no YAML; `objects` then has the names of those of its documents that are. */
  readonly notYaml?: boolean;
}

/** Where the objects of one add-on differ from RKE's. */
interface AddonComparison {
  /** Its name in cluster.yml, RKE's name if cluster.yml has none for it. */
  readonly addon: string;
  readonly differences: readonly string[];
}

/** The vectors that come with the project. */
export const ownAddonVectors = fileURLToPath(new URL('../../fixtures/vectors/addons', import.meta.url));

/**
 * Compares every add-on of a vector's cluster.yml, ours and RKE's, except those that the user has written.
 *
 * @returns one comparison for each add-on that either has; of a file that both refuse, none
 */
export function compareAddons(folder: string, name: string, catalog: VersionCatalog): AddonComparison[] {
  const { vector, loaded } = loadVector(folder, name, catalog);
  if (!loaded.ok) return compareRefusal(vector, loaded.diagnostics);
  // RKE crashes on a file that is valid.
  if (vector.stage === 'panic') return [];
  if (!vector.ok) return [{ addon: 'cluster.yml', differences: ['accepted here, refused by RKE'] }];
  const planned = planAddons(loaded.value, catalog).filter((addon) => addon.name !== 'rke-authz');
  const deployed = (vector.addons ?? []).filter((addon) => !userNames.includes(addon.name));
  return [...new Set([...deployed, ...planned].map((addon) => addon.name))].map((deployedAs) => ({
    addon: nameInFile(deployedAs, loaded.value),
    differences: compareAddon(
      planned.find((addon) => addon.name === deployedAs),
      deployed.find((addon) => addon.name === deployedAs),
    ),
  }));
}

/** Names of the add-ons that a user has written. */
const userNames: readonly string[] = ['rke-user-addon', 'rke-user-includes-addons'];

/**
 * Compares the objects of `addons` and `addons_include`. RKE skips a file that does not exist and takes any text for a manifest; here
 * both are mistakes, so what they would give is not compared. An add-on that RKE failed to deploy is not compared either.
 */
export async function compareUserAddons(
  folder: string,
  name: string,
  catalog: VersionCatalog,
): Promise<AddonComparison[]> {
  const { vector, loaded, text } = loadVector(folder, name, catalog);
  if (!loaded.ok || !vector.ok || vector.stage === 'panic') return [];
  if (vector.warnings.some((warning) => warning.includes('Failed to deploy addon'))) return [];
  const configPath = `${folder}/${name}.yml`;
  const { signal } = new AbortController();
  const { addons } = await readUserAddons(
    loaded.value,
    { file: configPath, text, overlays: [] },
    { configPath, signal, fetchesUrls: true },
  );
  const deployed = (vector.addons ?? []).filter((addon) => userNames.includes(addon.name));
  return [...new Set([...deployed, ...addons].map((addon) => addon.name))].map((addon) => {
    const ours = addons.find((one) => one.name === addon)?.objects.map(({ object }) => object) ?? [];
    const theirs = deployed.find((one) => one.name === addon);
    return { addon, differences: compareObjects(ours.map(withoutNulls), theirs) };
  });
}

function compareObjects(ours: readonly KubeObject[], theirs: DeployedAddon | undefined): string[] {
  if (theirs === undefined) return ['not deployed by RKE'];
  const isObject = (one: Partial<KubeObject>): boolean =>
    one.kind !== undefined && one.metadata !== undefined;
  const manifest = parseManifest({ path: '', file: '', text: theirs.manifest ?? '' });
  return [
    ...differences(byReference(ours), byReference((theirs.objects ?? []).filter(isObject))),
    // The text that RKE keeps in the cluster is the inventory of a cluster that is taken over.
    ...differences(
      byReference(ours),
      byReference(manifest.objects.map(({ object }) => withoutNulls(object))),
    ),
  ];
}

/** Vectors leave nulls out. */
function withoutNulls(object: KubeObject): KubeObject {
  return JSON.parse(JSON.stringify(object), (_key, value: unknown) => value ?? undefined) as KubeObject;
}

interface LoadedVector {
  readonly vector: AddonVector;
  readonly text: string;
  readonly loaded: ReturnType<typeof loadCluster>;
}

function loadVector(folder: string, name: string, catalog: VersionCatalog): LoadedVector {
  const vector = JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as AddonVector;
  const text = readFileSync(`${folder}/${name}.yml`, 'utf8');
  const loaded = loadCluster(text, {
    catalog,
    allowUnknown: true,
    allowDuplicateKeys: true,
    allowImageMismatch: true,
  });
  return { vector, text, loaded };
}

/** An error here is as good as one of RKE's, or a warning of RKE's that left an add-on out. */
function compareRefusal(
  vector: AddonVector,
  errors: readonly { readonly message: string }[],
): AddonComparison[] {
  const isLeftOut = vector.warnings.some((warning) => warning.includes('Failed to deploy addon'));
  if (!vector.ok || isLeftOut) return [];
  return [
    {
      addon: 'cluster.yml',
      differences: errors.map(({ message }) => `refused here, accepted by RKE: ${message}`),
    },
  ];
}

function nameInFile(deployedAs: string, spec: ClusterSpec): string {
  const found = chosenAddons(spec).find(({ name }) => addonInCluster(name).deployedAs === deployedAs);
  return found?.name ?? deployedAs;
}

function compareAddon(ours: AddonPlan | undefined, theirs: DeployedAddon | undefined): string[] {
  if (ours === undefined) return ['not planned here'];
  if (theirs === undefined) return ['not deployed by RKE'];
  if (ours.objects.length === 0) return ['has no objects here'];
  if (theirs.notYaml === true) return missingHere(ours, theirs.objects as unknown as readonly ObjectRef[]);
  const [crds, others] = [ours.objects.filter(isCrd), ours.objects.filter((object) => !isCrd(object))];
  return [
    ...differences(byReference(others), byReference(theirs.objects ?? [])),
    ...differences(
      Object.fromEntries(crds.map((crd) => [crd.metadata.name, crdHash(crd)])),
      Object.fromEntries((theirs.crds ?? []).map(({ crd, sha256 }) => [crd, sha256])),
    ),
  ];
}

/** Objects of a text that RKE could not apply: with correct quotes there are these and others. */
function missingHere(ours: AddonPlan, theirs: readonly ObjectRef[]): string[] {
  const nameOf = ({ kind, name }: ObjectRef): string => `${kind} ${name}`;
  const planned = new Set(ours.objects.map((object) => nameOf(objectRef(object))));
  return theirs.map(nameOf).flatMap((name) => (planned.has(name) ? [] : [`${name} is missing`]));
}

const isCrd = ({ kind }: KubeObject): boolean => kind === 'CustomResourceDefinition';

/** The hash that vectors have of a CRD: without descriptions, keys sorted. */
function crdHash(crd: KubeObject): string {
  return hash('sha256', stableStringify(withoutDescriptions(crd)));
}

function withoutDescriptions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, member]) => key !== 'description' || typeof member !== 'string',
  );
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutDescriptions(member)]));
}

/** Objects by what names them in the API; what Kubernetes reads as a set is sorted. */
function byReference(objects: readonly KubeObject[]): Record<string, unknown> {
  return Object.fromEntries(
    objects.map((object) => {
      const { apiVersion, kind, metadata } = object;
      // RKE writes a namespace on a kind that has none.
      const namespace = kind === 'IngressClass' ? undefined : metadata.namespace;
      const reference = `${apiVersion} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${metadata.name}`;
      return [reference, sortSets({ ...object, metadata: { ...metadata, namespace } })];
    }),
  );
}

/** Lists whose order has no meaning, with what their members are sorted by. */
const sets: Readonly<Record<string, string>> = {
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  rules: '',
  subjects: '',
};

/** Containers are compared by name, so their order is compared for itself. */
function sortSets(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => sortSets(item));
    if (key.endsWith('ontainers')) return { order: items.map((item) => sortKey(item, 'name')), items };
    const by = sets[key];
    return by === undefined ? items : items.sort((a, b) => (sortKey(a, by) < sortKey(b, by) ? -1 : 1));
  }
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, sortSets(member, name)]));
}

function sortKey(item: unknown, by: string): string {
  const named = isRecord(item) ? item[by] : undefined;
  return typeof named === 'string' ? named : stableStringify(item);
}
