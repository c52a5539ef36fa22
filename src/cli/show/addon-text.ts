import type { ListedAddon } from '../../commands/addon/list.js';
import type { AddonState } from '../../reconcile/addon-status.js';
import { formatColumns } from './columns.js';

const stateTexts: Readonly<Record<AddonState, string>> = {
  'up-to-date': 'up to date',
  changed: 'changed',
  missing: 'missing',
  'not-in-cluster-yml': 'no longer in cluster.yml',
};

/** Formats add-ons as a table, and below it what of them is not as it should be. */
export function formatAddons(addons: readonly ListedAddon[]): string {
  const rows = addons.map(({ name, from, objects, state }) => [
    name,
    String(objects.length),
    stateTexts[state],
    shorten(from),
  ]);
  const notes = addons.flatMap((addon) =>
    [...listDifferences(addon), ...addon.troubles].map((line) => `${addon.name}: ${line}\n`),
  );
  return [
    formatColumns([['NAME', 'OBJECTS', 'STATE', 'FROM'], ...rows]),
    ...(notes.length === 0 ? [] : ['\n', ...notes]),
  ].join('');
}

const mostSources = 3;

const shorten = (from: readonly string[]): string =>
  from.length <= mostSources
    ? from.join(', ')
    : `${from.slice(0, mostSources).join(', ')}, … ${from.length - mostSources} more`;

/** Objects of a user add-on that differ; of one that is not up to date as a whole, the table says it. */
function listDifferences({ objects, state }: ListedAddon): string[] {
  if (state === 'up-to-date') return [];
  return objects.flatMap(({ kind, namespace, name, place, state: own }) => {
    if (own === undefined || own === 'up-to-date') return [];
    const where = place === undefined ? '' : ` (${place})`;
    return [`${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}${where}: ${stateTexts[own]}`];
  });
}
