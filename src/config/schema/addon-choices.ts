import type { AddonKind } from '../addons/addon-definition.js';
import { addonChoices, definitionsOf } from '../addons/addon-definitions.js';

/** The choices of a kind for the documentation: `flannel, calico or none`. */
export function describeChoices(kind: AddonKind): string {
  const all = addonChoices(kind);
  const last = all.at(-1) ?? '';
  return all.length < 2 ? last : `${all.slice(0, -1).join(', ')} or ${last}`;
}

/** Names of the options of all add-ons of a kind, those of one add-on together. */
export function describeOptions(kind: AddonKind): string {
  return definitionsOf(kind)
    .flatMap(({ options }) => (options === undefined ? [] : [Object.keys(options).join(', ')]))
    .join('; ');
}
