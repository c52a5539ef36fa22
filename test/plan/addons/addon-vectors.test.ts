import { describe, expect, it } from 'vitest';
import { vectorNames } from '../vector.js';
import { compareAddons, ownAddonVectors } from './addon-vector.js';
import { catalog } from './sample-spec.js';

/** Add-ons whose objects are equal to those of RKE v1 in every vector. */
const equalAddons = [
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
