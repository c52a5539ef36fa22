import { assembleAddons, objectKey } from '../../src/plan/addons/user/assemble-addons.js';
import { parseManifest } from '../../src/plan/addons/user/parse-manifest.js';
import type { UserAddon } from '../../src/plan/addons/user/user-addon.js';
import { recordObject, type UserAddonRecord } from '../../src/plan/addons/user/user-record.js';
import type { ObservedUserAddons } from '../../src/reconcile/observed.js';

/** A user add-on of a text, complete as it is planned. */
export function userAddon(text: string, name = 'rke-user-addon'): UserAddon {
  const { objects, diagnostics } = parseManifest({ path: 'addons', file: 'cluster.yml', text });
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message);
  const { userAddons } = assembleAddons([{ name, key: 'addons', objects }], []);
  const [addon] = userAddons;
  if (addon === undefined) throw new Error('no add-on');
  return addon;
}

export const recordOfAddon = ({ objects }: UserAddon): UserAddonRecord => ({
  objects: objects.map(recordObject),
});

/** A cluster that has all objects of add-ons, as a finished run leaves them. */
export function observedUserAddons(addons: readonly UserAddon[]): ObservedUserAddons {
  const records = new Map(addons.map((addon) => [addon.name, recordOfAddon(addon)]));
  const keys = [...records.values()].flatMap(({ objects }) => objects.map(objectKey));
  return {
    records,
    ofRke: new Set(),
    live: new Map(keys.map((key) => [key, { uid: key, isApplied: true, isKept: false }])),
    contents: new Map(),
  };
}
