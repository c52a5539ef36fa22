import type { AddonKind } from '../addons/addon-definition.js';
import { addonChoices, definitionsOf, isMadeChoice } from '../addons/addon-definitions.js';

/** The choices of a kind for the documentation: `flannel, calico or none; only flannel and none are supported yet`. */
export function describeChoices(kind: AddonKind): string {
  const all = addonChoices(kind);
  const made = all.filter((name) => isMadeChoice(kind, name));
  const choices = listOf(all, 'or');
  if (made.length === all.length) return choices;
  return `${choices}; only ${listOf(made, 'and')} ${made.length === 1 ? 'is' : 'are'} supported yet`;
}

/** Names of the options of all add-ons of a kind, those of one add-on together. */
export function describeOptions(kind: AddonKind): string {
  return definitionsOf(kind)
    .flatMap(({ options }) => (options === undefined ? [] : [Object.keys(options).join(', ')]))
    .join('; ');
}

function listOf(names: readonly string[], word: 'and' | 'or'): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`;
}
