import { describe, expect, it } from 'vitest';
import { vectorNames } from '../vector.js';
import { serveFolder } from '../../tools/serve-folder.js';
import { compareAddons, compareUserAddons, ownAddonVectors } from './addon-vector.js';
import { catalog } from './sample-spec.js';

/** Add-ons whose objects are equal to those of RKE v1 in every vector. */
const equalAddons = [
  'aci',
  'calico',
  'canal',
  'coredns',
  'flannel',
  'kube-dns',
  'metrics-server',
  'nodelocal',
  'weave',
];

describe("objects of add-ons are equal to RKE v1's", () => {
  const compared = vectorNames(ownAddonVectors).flatMap((name) =>
    compareAddons(ownAddonVectors, name, catalog).map((one) => ({ name, ...one })),
  );

  it.each(equalAddons)('%s', (addon) => {
    const ofAddon = compared.filter((one) => one.addon === addon);
    expect(ofAddon).not.toEqual([]);
    expect(ofAddon.filter(({ differences }) => differences.length > 0)).toEqual([]);
  });
});

describe('user add-ons have the objects that RKE v1 deploys', () => {
  it.each([
    '082-user-addons',
    '083-user-addons-no-namespace',
    '084-user-include-broken',
    '086-user-include-url',
  ])('%s', async (name) => {
    await using _server = await serveFolder(ownAddonVectors);
    const compared = await compareUserAddons(ownAddonVectors, name, catalog);
    expect(compared.flatMap(({ differences }) => differences)).toEqual([]);
    expect(compared).toHaveLength({ '082-user-addons': 2, '084-user-include-broken': 0 }[name] ?? 1);
  });
});
