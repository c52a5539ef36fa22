import type { PodLabels } from './addon-in-cluster.js';

/** Selectors of the pods that have one of the values of a label, one for each label. */
export function podSelectors(all: readonly PodLabels[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const [label, names] of all.flatMap((labels) => Object.entries(labels)))
    values.set(label, new Set([...(values.get(label) ?? []), ...names]));
  return [...values].map(([label, names]) =>
    names.size === 1 ? `${label}=${[...names].join()}` : `${label} in (${[...names].join(',')})`,
  );
}
