import type { Diagnostic } from '../../../core/diagnostic.js';
import { recordAt, type Fields } from '../../../core/fields.js';
import type { AddonPlan, KubeObject } from '../../cluster-plan-types.js';
import { describeRef, objectRef } from '../object-ref.js';
import { customScopes, kindKey, scopeOf, type Scope } from './object-scope.js';
import { placeOf, type PlacedObject, type UserAddon } from './user-addon.js';

/** Where objects without a namespace go: RKE v1 ran kubectl in a pod of kube-system (addons/addons.go). */
export const defaultNamespace = 'kube-system';

/** Names an object among those of a cluster, whatever version of its API is used. */
export function objectKey(
  object: Pick<KubeObject, 'apiVersion' | 'kind'> & { readonly namespace?: string; readonly name: string },
): string {
  return `${kindKey(object)}/${object.namespace ?? defaultNamespace}/${object.name}`;
}

/** The key of an object, see `objectKey`. */
export const keyOfObject = (object: KubeObject): string => objectKey(objectRef(object));

/** All that is applied after the add-ons of rke, and the add-ons of rke without what the user replaces. */
export interface AssembledAddons {
  readonly userAddons: readonly UserAddon[];
  readonly addons: readonly AddonPlan[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Completes the objects of user add-ons and compares them with each other and with the add-ons of rke. An object that two user
 * add-ons have is a mistake; one that an add-on of rke has as well is the user's, with a warning: RKE v1 applied it last.
 */
export function assembleAddons(
  written: readonly UserAddon[],
  systemAddons: readonly AddonPlan[],
): AssembledAddons {
  const all = [...systemAddons.flatMap(({ objects }) => objects), ...written.flatMap(objectsOf)];
  const scopes = customScopes(all);
  const userAddons = written.map((addon) => ({
    ...addon,
    objects: addon.objects.map((placed) => ({ ...placed, object: complete(placed.object, scopes) })),
    ...completeHooks(addon, scopes),
  }));
  const owners = new Map(
    userAddons.flatMap((addon) =>
      addon.objects.map((one) => [keyOfObject(one.object), { addon, one }] as const),
    ),
  );
  const replaced: Diagnostic[] = [];
  const addons = systemAddons.map((addon) => ({
    ...addon,
    objects: addon.objects.filter((object) => {
      const owner = owners.get(keyOfObject(object));
      if (owner === undefined) return true;
      replaced.push(
        diagnostic('warning', 'replaces-addon', owner.addon, owner.one, `replaces that of ${addon.name}`),
      );
      return false;
    }),
  }));
  return { userAddons, addons, diagnostics: [...findDuplicates(userAddons), ...replaced] };
}

function completeHooks(
  { release }: UserAddon,
  scopes: ReadonlyMap<string, Scope>,
): Partial<Pick<UserAddon, 'release'>> {
  if (release === undefined) return {};
  const hooks = release.hooks.map((hook) => ({ ...hook, object: complete(hook.object, scopes) }));
  return { release: { ...release, hooks } };
}

const objectsOf = ({ objects }: UserAddon): KubeObject[] => objects.map(({ object }) => object);

function findDuplicates(addons: readonly UserAddon[]): Diagnostic[] {
  const seen = new Map<string, PlacedObject>();
  return addons.flatMap((addon) =>
    addon.objects.flatMap((one) => {
      const key = keyOfObject(one.object);
      const first = seen.get(key);
      if (first === undefined) seen.set(key, one);
      return first === undefined
        ? []
        : [
            diagnostic(
              'error',
              'duplicate-object',
              addon,
              one,
              `is already at ${placeOf(first.origin)}; remove one of them`,
            ),
          ];
    }),
  );
}

function diagnostic(
  severity: Diagnostic['severity'],
  code: Diagnostic['code'],
  { key }: UserAddon,
  { object, origin: { file, line, column } }: PlacedObject,
  what: string,
): Diagnostic {
  const message = `${describeRef(objectRef(object))} ${what}`;
  return { severity, code, path: key, file, position: { line, column }, message };
}

/** The object as it is applied: in a namespace if its kind has any, and a Secret without `stringData`, which the API never stores. */
function complete(object: KubeObject, scopes: ReadonlyMap<string, Scope>): KubeObject {
  const { namespace: given, ...metadata } = object.metadata;
  const scope = scopeOf(object, scopes);
  const named = given === undefined || (given as unknown) === null || given === '' ? undefined : given;
  const namespace =
    scope === 'cluster' ? undefined : (named ?? (scope === undefined ? undefined : defaultNamespace));
  const placed = { ...object, metadata: namespace === undefined ? metadata : { ...metadata, namespace } };
  return kindKey(object) === '/Secret' && 'stringData' in placed ? withoutStringData(placed) : placed;
}

function withoutStringData({ stringData, ...secret }: KubeObject): KubeObject {
  const added = recordAt({ stringData }, 'stringData');
  const encoded = Object.entries(added).map(([name, value]) => [
    name,
    typeof value === 'string' ? Buffer.from(value).toString('base64') : value,
  ]);
  const data: Fields = { ...recordAt(secret, 'data'), ...(Object.fromEntries(encoded) as Fields) };
  return { ...secret, data };
}
